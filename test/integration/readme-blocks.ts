import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')

/** The README's blocks of a kind, `ts` or `ts remote`, from top to bottom. */
export async function readBlocks(kind: string): Promise<string[]> {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  return [...readme.matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block]) =>
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

// Each block imports what it needs, and a module imports a name but once.
function joinBlocks(blocks: readonly string[]): string {
  const imports = /^import \{ (.*) \} from 'lxdapi'\n/gm
  const names = blocks.flatMap(block =>
    [...block.matchAll(imports)].flatMap(([, list]) => String(list).split(', ')),
  )
  const library = JSON.stringify(join(root, 'src/index.ts'))
  return `import { ${[...new Set(names)].join(', ')} } from ${library}\n${blocks.join('\n').replaceAll(imports, '')}`
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
    throw new Error(`The README's blocks do not compile:\n${(error as { stdout: string }).stdout}`)
  }
}
