import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { createTempFolder, tearDownFolders } from '../daemon/clean-up.ts'

const require = createRequire(import.meta.url)
const root = join(import.meta.dirname, '../..')

/** The TypeScript packages that users may have, by the name they are installed under. */
export const compilers = ['typescript-5.9', 'typescript-6.0', 'typescript'] as const

/** One of {@link compilers}. */
export type Compiler = (typeof compilers)[number]

/** What a compiler has against a source. */
export interface Complaint {
  readonly file: string
  readonly line: number
  readonly message: string
}

/** What a compiler said. */
export interface Compiled {
  readonly errors: readonly Complaint[]
  readonly output: string
}

/** The version of an installed compiler. */
export function versionOf(compiler: Compiler): string {
  // A package.json has one.
  return (require(`${compiler}/package.json`) as { version: string }).version
}

/** Compiles sources that import from `'lxdapi'`, with this repository's settings; a text alone is `source.ts`. */
export async function compile(
  compiler: Compiler,
  sources: string | Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<Compiled> {
  const folder = createTempFolder()
  try {
    writeProject(folder, typeof sources === 'string' ? { 'source.ts': sources } : sources)
    const output = await run(join(dirname(require.resolve(`${compiler}/package.json`)), 'bin/tsc'), [
      '-p',
      folder,
      '--pretty',
      'false',
      ...flags,
    ])
    return { errors: parseErrors(output, folder), output }
  } finally {
    await tearDownFolders([folder])
  }
}

/** Writes sources that import from `'lxdapi'` into a folder, with this repository's settings. */
export function writeProject(folder: string, sources: Readonly<Record<string, string>>): void {
  const compilerOptions = {
    typeRoots: [join(root, 'node_modules/@types')],
    noUnusedLocals: false,
    rewriteRelativeImportExtensions: false,
  }
  const settings = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['*.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  for (const [file, text] of Object.entries(sources)) writeFileSync(join(folder, file), withPaths(text))
}

function withPaths(source: string): string {
  return source
    .replaceAll(/'(lxdapi|(\.\.\/)+src\/index\.ts)'/g, `'${join(root, 'src/index.ts')}'`)
    .replaceAll(/'(lxdapi\/rest|(\.\.\/)+src\/rest\.ts)'/g, `'${join(root, 'src/rest.ts')}'`)
}

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
    child.on('error', reject)
    child.on('close', () => resolve(output))
  })
}

// `…/source.ts(12,7): error TS2551: …`, then indented lines that go on; what is wrong with the library, others tell.
function parseErrors(output: string, folder: string): Complaint[] {
  const pattern = new RegExp(`^\\S*${basename(folder)}/(\\S+)\\((\\d+),\\d+\\): error .*(?:\\n .*)*`, 'gm')
  return [...output.matchAll(pattern)].map(([message, file = '', line]) => ({
    file,
    line: Number(line),
    message,
  }))
}
