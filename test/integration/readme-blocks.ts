import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')

/** The README and the pages of `docs/` that have blocks of a kind, `ts` or `ts remote`: `docs/files.md`. */
export async function listDocuments(kind: string): Promise<string[]> {
  const pages = (await readdir(join(root, 'docs'))).filter(name => name.endsWith('.md')).toSorted()
  const documents = ['README.md', ...pages.map(name => join('docs', name))]
  const blocks = await Promise.all(documents.map(document => readBlocks(document, kind)))
  return documents.filter((_document, index) => blocks[index]?.length)
}

/** A document's blocks of a kind, from top to bottom. */
export async function readBlocks(document: string, kind: string): Promise<string[]> {
  const text = await readFile(join(root, document), 'utf8')
  return [...text.matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block]) =>
    String(block),
  )
}

/** A folder for a script to run in; inside the repository, where it finds the packages. */
export async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(root, 'node_modules', '.readme-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

/** Runs blocks as one module, since they build on each other as their reader reads them; gives what they print. */
export async function runBlocks(
  blocks: readonly string[],
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<string[]> {
  const source = joinBlocks(blocks)
  await writeFile(join(folder, 'readme.mts'), source)
  await checkTypes(folder)
  const options = { cwd: folder, env: { ...process.env, DEBUG: '', ...environment } }
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'readme.mts'], options)
  return stdout.trim().split('\n')
}

const IMPORTS = /^import (type )?\{ (.*) \} from '(lxdapi(?:\/rest|\/testing)?)'\n/gm
const SOURCES: Readonly<Record<string, string>> = {
  lxdapi: 'src/index.ts',
  'lxdapi/rest': 'src/rest.ts',
  'lxdapi/testing': 'src/testing.ts',
}

// Each block imports what it needs, and a module imports a name but once.
function joinBlocks(blocks: readonly string[]): string {
  const source = blocks.join('\n')
  const names = new Map<string, Set<string>>()
  for (const [, type = '', list = '', specifier = ''] of source.matchAll(IMPORTS)) {
    const form = `${type}{ names } from ${JSON.stringify(join(root, String(SOURCES[specifier])))}`
    names.set(form, new Set([...(names.get(form) ?? []), ...list.split(', ')]))
  }
  const imports = [...names].map(([form, list]) => `import ${form.replace('names', [...list].join(', '))}\n`)
  return `${imports.join('')}${source.replaceAll(IMPORTS, '')}`
}

async function checkTypes(folder: string): Promise<void> {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: 'nodenext',
    target: 'es2023',
    types: ['node'],
  }
  const imports = {
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    lib: ['es2024', 'esnext.disposable'],
  }
  const settings = { compilerOptions: { ...compilerOptions, ...imports }, files: ['readme.mts'] }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(settings))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', folder])
  } catch (error) {
    // tsc tells what is wrong on its standard output.
    throw new Error(`The blocks do not compile:\n${(error as { stdout: string }).stdout}`)
  }
}
