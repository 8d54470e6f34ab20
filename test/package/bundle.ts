import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'

const run = promisify(execFile)
const SCRIPT = `
  const remotes = API.remotes().map(({ name }) => name)
  const api = API.factory({ socketPath: '/x' })
  const web = api['1.0'].instances.path('web')
  // SFTP is loaded when it is first used.
  openFiles(web).catch(({ name }) => console.log(remotes.join(' '), String(web), name))
`
// What bundles in ES modules commonly begin with, so that CommonJS packages find their `require`.
const BANNER = `import { createRequire } from 'module'; const require = createRequire(import.meta.url);`
const IMPORT = `import { API, openFiles } from 'lxdapi'`

/** The bundles that esbuild makes, and how their scripts get the library. */
export const BUNDLES = [
  { title: 'an ES module', file: 'bundle.mjs', statement: IMPORT },
  { title: 'CommonJS', file: 'bundle.cjs', statement: IMPORT },
  {
    title: 'CommonJS that requires it',
    file: 'bundle.cjs',
    statement: `const { API, openFiles } = require('lxdapi')`,
  },
] as const

/** Bundles a script of a user into a folder without packages, and returns what it prints there, to which it needs `yaml`. */
export async function runBundle(
  user: string,
  folder: string,
  { file, statement }: (typeof BUNDLES)[number],
): Promise<string> {
  mkdirSync(join(folder, 'config'), { recursive: true })
  writeFileSync(join(folder, 'config/config.yml'), 'remotes:\n  prod:\n    addr: https://192.0.2.1:8443\n')
  const outfile = join(folder, file)
  const isModule = file.endsWith('.mjs')
  await build({
    stdin: { contents: `${statement}\n${SCRIPT}`, resolveDir: user },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    format: isModule ? 'esm' : 'cjs',
    banner: isModule ? { js: BANNER } : {},
  })
  const env = { PATH: process.env['PATH'], INCUS_CONF: join(folder, 'config'), LXD_CONF: folder }
  const { stdout } = await run(process.execPath, [outfile], { cwd: folder, env })
  return stdout
}

/** How many bytes of code esbuild leaves of the library for a script that uses some of its exports. */
export async function bundledSize(user: string, names: string): Promise<number> {
  const contents = `import ${names} from 'lxdapi'; console.log(${names.replace('* as ', '')})`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: user },
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    format: 'esm',
    external: ['#undici', 'undici', 'debug', 'yaml'],
  })
  return outputFiles[0]?.contents.length ?? 0
}
