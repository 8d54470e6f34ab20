import { spawnSync } from 'node:child_process'

/** Test files, and the program to run them with. */
export interface TestRun {
  /** The name of the run in the result line. */
  readonly label: string
  readonly files: readonly string[]
  /** The path of `node`; by default the running one. */
  readonly node?: string
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
}

// One to count tests, one to print when a test failed.
const REPORTERS = [
  '--test-reporter=tap',
  '--test-reporter-destination=stdout',
  '--test-reporter=spec',
  '--test-reporter-destination=stderr',
]
const SUMMARY = /^# (pass|fail|cancelled|skipped) (\d+)$/gm

/** Runs test files and prints a line with the result, preceded by the report if a test failed; returns whether all passed. */
export function runAndCount({ label, files, node = process.execPath, cwd, env }: TestRun): boolean {
  const start = performance.now()
  const args = ['--import', 'tsx', '--test', ...REPORTERS, ...files]
  const options = { encoding: 'utf8', maxBuffer: Number.POSITIVE_INFINITY, cwd, env } as const
  const { status, stdout, stderr } = spawnSync(node, args, options)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  if (status !== 0) console.error(stderr)
  console.log(`${label}: ${status === 0 ? 'ok' : 'FAILED'}, ${countOf(stdout)} (${seconds} s)`)
  return status === 0
}

function countOf(tap: string): string {
  return [...tap.matchAll(SUMMARY)]
    .filter(([, name, count]) => name === 'pass' || count !== '0')
    .map(([, name, count]) => `${count} ${name}`)
    .join(', ')
}
