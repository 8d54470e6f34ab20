import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { createTempFolder, tearDownFolders } from '../daemon/clean-up.ts'
import { BUNDLES, bundledSize, runBundle } from './bundle.ts'
import { Editor } from './editor.ts'
import { failWithOutput, installFor, modules, pack } from './pack.ts'

const run = promisify(execFile)
const project = resolve(import.meta.dirname, '../..')
const bin = join(modules, '.bin')

const COMPILERS = ['typescript', 'typescript-6.0', 'typescript-5.9', 'typescript-5.6']
const OLDEST = 'typescript-5.6'
// `@types/node` of the oldest and the newest Node that are supported.
const NODE_TYPES = ['@types/node', 'types-node-26']
// What most scripts don't need, so that importing the package does not take as long.
const LOADED_ON_FIRST_USE = [
  'connect',
  'copy',
  'files',
  'image-list',
  'image-source',
  'images',
  'instances',
  'oidc',
  'sftp',
  'trust',
  'usage',
  'watch',
]
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

export const { metadata: web }: APIResult<Instance> = await API.factory()['1.0'].instances.web.get()
export const isRunning = ({ status }: Instance): boolean => status === 'Running'

// @ts-expect-error: without this error the types would have resolved to any
API.factory({ socket: '/run/lxd.socket' })
`
// A CommonJS module has no await of its own.
const COMMON_JS_SCRIPT = SCRIPT.replace(/^export const .* await .*\n/m, '')

describe('the package', () => {
  let folder: string
  let tarball: string
  let user: string
  let library: string

  before(async () => {
    folder = createTempFolder()
    tarball = await pack(join(folder, 'source'))
    user = await installFor(join(folder, 'user'), tarball)
    library = join(user, 'node_modules/lxdapi')
    writeFileSync(join(user, 'package.json'), JSON.stringify({ type: 'module' }))
    writeFileSync(join(user, 'module.ts'), SCRIPT)
    writeFileSync(join(user, 'common.cts'), COMMON_JS_SCRIPT)
  })
  after(() => tearDownFolders([folder]))

  it('has what a user needs, and nothing else', () => {
    const docs = listFiles(join(project, 'docs')).map(page => `docs/${page}`)
    const sources = listFiles(join(project, 'src')).map(file => `src/${file}`)
    const entries = ['index', 'rest', 'testing', 'shared']
    const types = [...entries, 'shared2'].flatMap(name => [`${name}.d.ts`, `${name}.d.cts`])
    const code = [...entries, ...LOADED_ON_FIRST_USE]
    const built = [
      ...code.flatMap(name => [`${name}.js`, `${name}.js.map`, `${name}.cjs`]),
      ...types.flatMap(file => [file, `${file}.map`]),
    ].map(file => `dist/${file}`)
    const others = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']
    assert.deepEqual(listFiles(library).sort(), [...others, ...docs, ...sources, ...built].sort())
  })

  it('imports none of Node’s own modules, for each of which Node would load more', () => {
    for (const file of listFiles(join(library, 'dist')).filter(name => name.endsWith('.js')))
      assert.doesNotMatch(readFileSync(join(library, 'dist', file), 'utf8'), /^import .*"node:/m, file)
  })

  it('is one and the same, imported or required', async () => {
    const script = `
      import { createRequire } from 'node:module'
      import { API } from 'lxdapi'
      console.log(API.name, createRequire(import.meta.url)('lxdapi').API === API)`
    assert.equal(await runScript(['--input-type=module', '--eval', script]), 'API true\n')
  })

  it('is there in CommonJS too, for what can neither import nor require an ES module, such as Jest', async () => {
    const { API } = await import('../../src/index.ts')
    const names = Object.keys(await import('../../src/index.ts')).sort()
    const script = `
      const lxdapi = require('./node_modules/lxdapi/dist/index.cjs')
      require('./node_modules/lxdapi/dist/rest.cjs')
      console.log(lxdapi.API.name, ...Object.keys(lxdapi).sort())`
    assert.equal(
      await runScript(['--input-type=commonjs', '--eval', script]),
      `${API.name} ${names.join(' ')}\n`,
    )
  })

  it('has stack traces that lead to the sources', async () => {
    const script = `
      import { API } from 'lxdapi'
      try { API.factory({ socket: '/x' }) } catch (error) { console.log(error.stack) }`
    const stack = await runScript(['--enable-source-maps', '--input-type=module', '--eval', script])
    const [, file = '', line] = /\((\S*lxdapi\/src\/\S+):(\d+):\d+\)/.exec(stack) ?? []
    assert.match(readFileSync(file, 'utf8').split('\n')[Number(line) - 1] ?? '', /new TypeError/, stack)
  })

  it('leads an editor from a call to the source of what is called', async t => {
    const editor = new Editor('typescript-6.0')
    t.after(() => editor.close())
    const file = join(user, 'module.ts')
    editor.open(file)
    const { file: source, line } = await editor.definitionAt({ file, ...placeOf('factory') })
    assert.equal(source, join(library, 'src/api.ts'))
    assert.match(readFileSync(source, 'utf8').split('\n')[line - 1] ?? '', /static factory\(/)
  })

  for (const bundle of BUNDLES) {
    it(`can be bundled, with all that it needs, into ${bundle.title}`, async () => {
      assert.equal(
        await runBundle(user, join(folder, 'bundled'), bundle),
        'local prod /1.0/instances/web APIConnectionException\n',
      )
    })
  }

  it('leaves out of a bundle what its script does not use', async () => {
    const [some, all] = await Promise.all([bundledSize(user, '{ exec }'), bundledSize(user, '* as all')])
    assert.ok(some < all / 2, `${some} of ${all} bytes`)
  })

  for (const compiler of COMPILERS) {
    it(`has types that ${compiler} finds no fault with`, () => compile(compiler, ['module.ts']))
  }

  it(`has types that ${OLDEST} finds no fault with in CommonJS, beside those of the DOM`, () =>
    compile(OLDEST, ['common.cts'], { lib: undefined }))

  it('has types that are found without "exports", as by the setting node10', async () => {
    writeFileSync(join(user, 'old.ts'), COMMON_JS_SCRIPT)
    const old = { module: 'commonjs', moduleResolution: 'node10', skipLibCheck: true }
    await compile(OLDEST, ['old.ts'], old)
  })

  for (const nodeTypes of NODE_TYPES) {
    it(`has types that go with ${nodeTypes}`, async () => {
      const link = join(user, 'node_modules/@types/node')
      rmSync(link)
      symlinkSync(join(modules, nodeTypes), link)
      await compile('typescript', ['module.ts', 'common.cts'], { lib: undefined })
    })
  }

  it('is what publint wants', async () => {
    await run(join(bin, 'publint'), ['run', tarball, '--strict']).catch(failWithOutput)
  })

  it('is what attw wants, for every way to resolve it', async () => {
    await run(join(bin, 'attw'), [tarball, '--no-emoji']).catch(failWithOutput)
  })

  async function compile(compiler: string, files: readonly string[], more = {}): Promise<void> {
    const settings = { compilerOptions: { ...compilerOptions, ...more }, files }
    writeFileSync(join(user, 'tsconfig.json'), JSON.stringify(settings))
    const tsc = join(modules, compiler, 'bin/tsc')
    await run(process.execPath, [tsc, '-p', user], { cwd: user }).catch(failWithOutput)
  }

  async function runScript(args: readonly string[]): Promise<string> {
    const { stdout, stderr } = await run(process.execPath, args, { cwd: user })
    assert.equal(stderr, '')
    return stdout
  }
})

const compilerOptions = {
  module: 'nodenext',
  target: 'es2022',
  lib: ['es2022', 'esnext.disposable'],
  types: ['node'],
  strict: true,
  skipLibCheck: false,
  noEmit: true,
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

// The place of a word in both scripts, from 1.
function placeOf(word: string): { line: number; offset: number } {
  const [before = ''] = SCRIPT.split(word)
  const lines = before.split('\n')
  return { line: lines.length, offset: (lines.at(-1)?.length ?? 0) + 1 }
}
