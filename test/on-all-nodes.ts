import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { installPackage } from './install-package.ts'

/** Runs the unit tests on each supported version of Node, or on those named: `npm run test:nodes 20 26`. */
const VERSIONS = ['20', '22', '24', '26']
// One to count in, one to read when something failed.
const REPORTERS = [
  '--test-reporter=tap',
  '--test-reporter-destination=stdout',
  '--test-reporter=spec',
  '--test-reporter-destination=stderr',
]
const SUMMARY = /^# (pass|fail|cancelled|skipped) (\d+)$/gm

const wanted = process.argv.slice(2)
const files = readdirSync(import.meta.dirname)
  .filter(name => name.endsWith('.test.ts'))
  .map(name => join('test', name))
const results = (wanted.length > 0 ? wanted : VERSIONS).map(runOn)
process.exitCode = results.every(isPass => isPass) ? 0 : 1

function runOn(version: string): boolean {
  const folder = join(installPackage(`node-${process.platform}-${process.arch}`, version), 'bin')
  const node = join(folder, 'node')
  const exact = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()
  const start = performance.now()
  const { status, stdout, stderr } = spawnSync(
    node,
    ['--import', 'tsx', '--test', ...REPORTERS, ...files],
    // What a test starts as `node` or `npm` is of that version too.
    {
      encoding: 'utf8',
      maxBuffer: Number.POSITIVE_INFINITY,
      env: { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH']}` },
    },
  )
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  if (status !== 0) console.error(stderr)
  console.log(`Node ${exact}: ${status === 0 ? 'ok' : 'FAILED'}, ${countOf(stdout)} (${seconds} s)`)
  return status === 0
}

function countOf(tap: string): string {
  return [...tap.matchAll(SUMMARY)]
    .filter(([, name, count]) => name === 'pass' || count !== '0')
    .map(([, name, count]) => `${count} ${name}`)
    .join(', ')
}
