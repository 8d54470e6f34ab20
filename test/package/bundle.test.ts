import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { type BuildOptions, build } from 'esbuild'
import { createTempFolder, tearDownFolders } from '../daemon/clean-up.ts'

const run = promisify(execFile)
const SCRIPT = `
  import { API } from './index.ts'
  const remotes = API.remotes().map(({ name }) => name)
  const api = API.factory({ socketPath: process.env.SOCKET })
  console.log(remotes.join(' '), String(api['1.0'].instances.path('web')))
`
// What bundles in ES modules commonly begin with, so that CommonJS packages find their `require`.
const BANNER = `import { createRequire } from 'module'; const require = createRequire(import.meta.url);`

describe('a bundle of a script', () => {
  let folder: string

  before(() => {
    folder = createTempFolder()
    mkdirSync(join(folder, 'config'))
    writeFileSync(join(folder, 'config/config.yml'), 'remotes:\n  prod:\n    addr: https://192.0.2.1:8443\n')
  })
  after(() => tearDownFolders([folder]))

  for (const [title, file, options] of [
    ['an ES module', 'bundle.mjs', { format: 'esm', banner: { js: BANNER } }],
    ['CommonJS', 'bundle.cjs', { format: 'cjs' }],
  ] satisfies [string, string, BuildOptions][]) {
    it(`in ${title} has all that it needs, the package yaml too`, async () => {
      const outfile = join(folder, file)
      const stdin = { contents: SCRIPT, resolveDir: resolve(import.meta.dirname, '../../src') }
      const common = { bundle: true, platform: 'node', logLevel: 'error', target: 'node20' } as const
      await build({ stdin, outfile, ...common, ...options })
      const env = {
        PATH: process.env.PATH,
        INCUS_CONF: join(folder, 'config'),
        LXD_CONF: folder,
        SOCKET: '/x',
      }
      const { stdout } = await run(process.execPath, [outfile], { cwd: folder, env })
      assert.equal(stdout, 'local prod /1.0/instances/web\n')
    })
  }
})
