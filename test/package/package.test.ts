import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { createTempFolder, tearDownFolders } from '../daemon/clean-up.ts'

const run = promisify(execFile)
const project = resolve(import.meta.dirname, '../..')
const modules = join(project, 'node_modules')
const bin = join(modules, '.bin')

const COMPILERS = ['typescript', 'typescript-6.0', 'typescript-5.9', 'typescript-5.6']
const OLDEST = 'typescript-5.6'
// `@types/node` of the oldest and the newest Node that are supported.
const NODE_TYPES = ['@types/node', 'types-node-26']
const SCRIPT = `
import { API, APIException, type APIResult, type CallOptions } from 'lxdapi'
import type { Instance } from 'lxdapi/rest'

const options: CallOptions = { query: { recursion: 1 } }

export async function read(name: string): Promise<APIResult | undefined> {
  await using api = API.factory({ socketPath: '/run/lxd.socket' })
  try {
    return await api['1.0'].path('instances', name).get(options)
  } catch (error) {
    if (error instanceof APIException && error.statusCode === 404) return undefined
    throw error
  }
}

export const isRunning = ({ status }: Instance): boolean => status === 'Running'

// @ts-expect-error: without this error the types would have resolved to any
API.factory({ socket: '/run/lxd.socket' })
`

describe('the package', () => {
  let folder: string
  let tarball: string
  let user: string

  before(async () => {
    folder = createTempFolder()
    tarball = await pack(join(folder, 'source'))
    user = await installFor(join(folder, 'user'), tarball)
  })
  after(() => tearDownFolders([folder]))

  it('has what a user needs, and nothing else', () => {
    const files = readdirSync(join(user, 'node_modules/lxdapi'), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(join(user, 'node_modules/lxdapi/').length))
    const built = files.filter(file => file.startsWith('dist/'))
    const others = files.filter(file => !file.startsWith('dist/'))
    const docs = readdirSync(join(project, 'docs')).map(page => `docs/${page}`)
    assert.deepEqual(others.sort(), ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', ...docs].sort())
    assert.deepEqual(built.sort(), sourceFiles().flatMap(compiledFiles).sort())
  })

  it('can be imported', async () => {
    assert.equal(
      await runScript(['--input-type=module', '--eval', "import { API } from 'lxdapi'; print(API)"]),
      'API',
    )
  })

  it('can be required', async () => {
    assert.equal(await runScript(['--eval', "print(require('lxdapi').API)"]), 'API')
  })

  for (const compiler of COMPILERS) {
    it(`has types that ${compiler} finds no fault with`, () => compile(compiler, {}))
  }

  it(`has types that ${OLDEST} finds no fault with beside those of the DOM`, () =>
    compile(OLDEST, { lib: undefined }))

  for (const nodeTypes of NODE_TYPES) {
    it(`has types that go with ${nodeTypes}`, async () => {
      const link = join(user, 'node_modules/@types/node')
      rmSync(link)
      symlinkSync(join(modules, nodeTypes), link)
      await compile('typescript', { lib: undefined })
    })
  }

  it('is what publint wants', async () => {
    await run(join(bin, 'publint'), ['run', tarball, '--strict']).catch(failWithOutput)
  })

  it('is what attw wants of an ESM package', async () => {
    await run(join(bin, 'attw'), [tarball, '--profile', 'esm-only', '--no-emoji']).catch(failWithOutput)
  })

  async function compile(compiler: string, more: object): Promise<void> {
    const settings = { compilerOptions: { ...compilerOptions, ...more }, files: ['script.ts'] }
    writeFileSync(join(user, 'tsconfig.json'), JSON.stringify(settings))
    const tsc = join(modules, compiler, 'bin/tsc')
    await run(process.execPath, [tsc, '-p', user], { cwd: user }).catch(failWithOutput)
  }

  async function runScript(args: readonly string[]): Promise<string> {
    const print = join(folder, 'print.cjs')
    writeFileSync(print, 'globalThis.print = ({ name }) => process.stdout.write(name)')
    const { stdout, stderr } = await run(process.execPath, ['--require', print, ...args], { cwd: user })
    assert.equal(stderr, '')
    return stdout
  }
})

// From a copy, so that neither an old build is packed nor a build of somebody else disturbed.
async function pack(copy: string): Promise<string> {
  const names = [
    'src',
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'docs',
  ]
  mkdirSync(copy)
  for (const name of names) {
    if (existsSync(join(project, name))) cpSync(join(project, name), join(copy, name), { recursive: true })
  }
  symlinkSync(modules, join(copy, 'node_modules'))
  await run('npm', ['pack', '--silent', '--pack-destination', dirname(copy)], { cwd: copy }).catch(
    failWithOutput,
  )
  const [tarball] = readdirSync(dirname(copy)).filter(name => name.endsWith('.tgz'))
  return join(dirname(copy), String(tarball))
}

// What npm install would do, with what is here already.
async function installFor(user: string, tarball: string): Promise<string> {
  const library = join(user, 'node_modules/lxdapi')
  mkdirSync(library, { recursive: true })
  await run('tar', ['-xzf', tarball, '-C', library, '--strip-components=1'])
  mkdirSync(join(user, 'node_modules/@types'))
  for (const name of ['undici', 'debug', '@types/node']) {
    symlinkSync(join(modules, name), join(user, 'node_modules', name))
  }
  writeFileSync(join(user, 'script.ts'), SCRIPT)
  writeFileSync(join(user, 'package.json'), JSON.stringify({ type: 'module' }))
  return user
}

const compilerOptions = {
  module: 'nodenext',
  target: 'es2022',
  lib: ['es2022', 'esnext.disposable'],
  types: ['node'],
  strict: true,
  skipLibCheck: false,
  noEmit: true,
}

function sourceFiles(): string[] {
  return readdirSync(join(project, 'src'), { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.ts'),
  )
}

function compiledFiles(source: string): string[] {
  return ['.js', '.d.ts'].map(extension => `dist/${source.slice(0, -'.ts'.length)}${extension}`)
}

function failWithOutput(error: { stdout: string; stderr: string }): never {
  assert.fail(`${error}\n${error.stdout}${error.stderr}`)
}
