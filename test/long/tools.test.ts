import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { rollup } from 'rollup'
import { createTempFolder, tearDownFolders } from '../daemon/clean-up.ts'
import { after, before, describe, it } from '../integration/node-test.ts'
import { installPackage } from '../package/install-package.ts'
import { failWithOutput, installFor, pack } from '../package/pack.ts'

// The package in the projects of users: with test runners, which have realms or loaders of their own, and with rollup.

const run = promisify(execFile)
const IMPORT = `import { API, APIConnectionException } from 'lxdapi'`
const REQUIRE = `const { API, APIConnectionException } = require('lxdapi')`
const HINT = 'is the daemon installed and running?'
const TEST = `
  test('a call fails with a hint', async () => {
    const error = await API.factory({ socketPath: '/nowhere' }).get().catch(error => error)
    expect(error).toBeInstanceOf(APIConnectionException)
    expect(error.message).toContain('${HINT}')
  })`

describe('The package is used', {}, () => {
  let folder: string
  let user: string

  before(async () => {
    folder = createTempFolder()
    user = await installFor(join(folder, 'user'), await pack(join(folder, 'source')))
  })
  after(() => tearDownFolders([folder]))

  it('by Jest in CommonJS, without flags', async () => {
    const project = addProject('jest-cjs', { 'package.json': '{}', 'a.test.js': `${REQUIRE}\n${TEST}` })
    await runJest(project)
  })

  it('by Jest in ES modules', async () => {
    const project = addProject('jest-esm', {
      'package.json': '{ "type": "module" }',
      'a.test.js': `${IMPORT}\n${TEST}`,
    })
    await runJest(project, { NODE_OPTIONS: '--experimental-vm-modules' })
  })

  it('by vitest', async () => {
    const project = addProject('vitest', {
      'package.json': '{ "type": "module" }',
      'a.test.js': `import { expect, test } from 'vitest'\n${IMPORT}\n${TEST}`,
      'vitest.config.js': `export default { test: { alias: { vitest: '${installVitest()}/dist/index.js' } } }`,
    })
    const program = join(installVitest(), 'vitest.mjs')
    await run(process.execPath, [program, 'run'], { cwd: project }).catch(failWithOutput)
  })

  it('by rollup, as a part of the bundle', async () => {
    const project = addProject('rollup', {
      'package.json': '{ "type": "module" }',
      'index.js': `${IMPORT}
        const error = await API.factory({ socketPath: '/nowhere' }).get().catch(error => error)
        console.log(error instanceof APIConnectionException, error.message)`,
    })
    const library = join(user, 'node_modules/lxdapi/dist/index.js')
    const bundle = await rollup({
      input: join(project, 'index.js'),
      plugins: [{ name: 'library', resolveId: name => (name === 'lxdapi' ? library : null) }],
      external: [/^node:/, 'undici', 'debug'],
    })
    await bundle.write({ file: join(project, 'bundle.js') })
    const { stdout } = await run(process.execPath, [join(project, 'bundle.js')])
    assert.ok(stdout.startsWith('true GET') && stdout.includes(HINT), stdout)
  })

  // Below the user's, where the library is found.
  function addProject(name: string, files: Readonly<Record<string, string>>): string {
    const project = join(user, name)
    mkdirSync(project)
    for (const [file, text] of Object.entries(files)) writeFileSync(join(project, file), text)
    return project
  }
})

async function runJest(project: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const program = join(installPackage('jest', '30', { hasOptional: true }), 'bin/jest.js')
  await run(process.execPath, [program, '--rootDir', project], {
    cwd: project,
    env: { ...process.env, ...env },
  }).catch(failWithOutput)
}

// The last that Node 20 runs.
function installVitest(): string {
  return installPackage('vitest', '3', { hasOptional: true })
}
