import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type workloads, writeCalls } from './types-calls.ts'

// The cost of the REST types: `tsc --noEmit` on 300 calls, and on 300 calls with typed configuration, with and without them.
// npx tsx bench/types.ts [runs]

const RUNS = Number(process.argv[2] ?? 11)
const LIMITS = {
  typescript: { calls: 0.1, configs: 0.15 },
  'typescript-5.9': { calls: 0.3, configs: 0.3 },
}
const root = dirname(import.meta.dirname)
const require = createRequire(import.meta.url)

type Compiler = keyof typeof LIMITS
type Workload = keyof typeof workloads

/** One run of a compiler. */
interface Run {
  readonly seconds: number
  readonly instantiations: number
}

// Declarations, as users have them: their compiler does not check the sources.
function build(): string {
  const output = join(folder, 'lxdapi')
  const project = ['-p', join(root, 'tsconfig.build.json'), '--emitDeclarationOnly', '--outDir', output]
  spawnSync(process.execPath, [programOf('typescript'), ...project], { stdio: 'inherit' })
  return output
}

function programOf(compiler: string): string {
  return join(dirname(require.resolve(`${compiler}/package.json`)), 'bin/tsc')
}

function prepare(library: string, workload: Workload, isTyped: boolean): void {
  const name = nameOf(workload, isTyped)
  const settings = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { rewriteRelativeImportExtensions: false },
    include: [`${name}.ts`],
  }
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(settings))
  writeFileSync(join(folder, `${name}.ts`), writeCalls(library, workload, isTyped))
}

function nameOf(workload: Workload, isTyped: boolean): string {
  return `${workload}-${isTyped ? 'typed' : 'untyped'}`
}

function compile(compiler: string, project: string): Run {
  const program = programOf(compiler)
  const start = performance.now()
  const { stdout, status } = spawnSync(process.execPath, [program, '-p', project, '--extendedDiagnostics'], {
    encoding: 'utf8',
  })
  const seconds = (performance.now() - start) / 1000
  if (status !== 0) throw new Error(stdout)
  return { seconds, instantiations: Number(stdout.match(/Instantiations:\s+(\d+)/)?.[1]) }
}

function medianOf(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

function measure(compiler: Compiler, workload: Workload): void {
  const untyped: Run[] = []
  const typed: Run[] = []
  const project = (isTyped: boolean): string => join(folder, `${nameOf(workload, isTyped)}.json`)
  compile(compiler, project(true))
  // Interleaved, so that other load on this machine affects both.
  for (let run = 0; run < RUNS; run++) {
    untyped.push(compile(compiler, project(false)))
    typed.push(compile(compiler, project(true)))
  }
  report(compiler, workload, untyped, typed)
}

function report(
  compiler: Compiler,
  workload: Workload,
  untyped: readonly Run[],
  typed: readonly Run[],
): void {
  const { version } = require(`${compiler}/package.json`) as { version: string } // Safe cast: every package.json has a version.
  const limit = LIMITS[compiler][workload]
  const without = medianOf(untyped.map(({ seconds }) => seconds))
  const having = medianOf(typed.map(({ seconds }) => seconds))
  const more = having - without
  const instantiations = (typed[0]?.instantiations ?? 0) - (untyped[0]?.instantiations ?? 0)
  const verdict = more < limit ? 'ok' : 'TOO SLOW'
  console.log(
    `TypeScript ${version}, 300 ${workload}: ${without.toFixed(3)} s untyped, ${having.toFixed(3)} s typed`,
  )
  console.log(
    `  ${more.toFixed(3)} s more (limit ${limit} s: ${verdict}), ${instantiations} instantiations more`,
  )
  if (more >= limit) process.exitCode = 1
}

const folder = mkdtempSync(join(tmpdir(), 'lxdapi-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
const library = build()
for (const workload of ['calls', 'configs'] as const) {
  for (const isTyped of [true, false]) prepare(library, workload, isTyped)
  measure('typescript', workload)
  measure('typescript-5.9', workload)
}
