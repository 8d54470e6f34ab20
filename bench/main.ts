import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { installNode, NODE_VERSIONS } from '../test/package/install-node.ts'
import { GOALS_VARIABLE, type Goal, verdict } from './goal.ts'
import { printTable } from './print-table.ts'
import { savePerformance } from './save-performance.ts'

// `npm run bench` runs all benches, `npm run bench -- requests paths` some of them. With `--save` the goals of the run are
// written to docs/performance.md.

const BENCHES = [
  'requests',
  'paths',
  'trace',
  'import-time',
  'packed-size',
  'exec',
  'streams',
  'pools',
  'directories',
  'scale',
  'harm',
  'lost-updates',
  'watch',
]
const OUTPUT = fileURLToPath(new URL('../node_modules/.cache/lxdapi/bench', import.meta.url))
const GOALS = `${OUTPUT}/goals.jsonl`
const SAVE = '--save'

const given = process.argv.slice(2)
const wanted = given.filter(name => name !== SAVE)
const unknown = wanted.filter(name => !BENCHES.includes(name))
if (unknown.length > 0) fail(`No such bench: ${unknown.join(', ')}. There are ${BENCHES.join(', ')}.`)

compile()
rmSync(GOALS, { force: true })
console.log(`Node ${process.version}, ${process.platform} ${process.arch}; medians of interleaved rounds`)
const failed = (wanted.length > 0 ? wanted : BENCHES).filter(name => !runBench(name))
const goals = readGoals()
printTable(
  'All goals',
  ['', 'goal', 'figure', ''],
  goals.map(goal => [goal.row, goal.goal, goal.figure, verdict(goal)]),
)
if (given.includes(SAVE)) savePerformance(goals)
if (failed.length > 0) fail(`Benches that failed: ${failed.join(', ')}`)

// Users run what tsc compiles; tsx compiles on the fly, which is slower.
function compile(): void {
  const project = fileURLToPath(new URL('.', import.meta.url))
  if (!run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project])) fail('tsc failed')
  // Node.js does not look for a package.json above node_modules.
  const { type, imports } = JSON.parse(readFileSync('package.json', 'utf8'))
  writeFileSync(`${OUTPUT}/package.json`, JSON.stringify({ type, imports }))
}

/** Runs a bench; what a call costs is measured on each version of Node.js. */
function runBench(name: string): boolean {
  const nodes = name === 'requests' ? NODE_VERSIONS.map(installNode) : [process.execPath]
  return nodes.every(node => run(node, [`${OUTPUT}/bench/${name}.js`]))
}

function readGoals(): Goal[] {
  const lines = existsSync(GOALS) ? readFileSync(GOALS, 'utf8').split('\n').filter(Boolean) : []
  return lines.map(line => JSON.parse(line))
}

function run(command: string, args: readonly string[]): boolean {
  const env = { ...process.env, [GOALS_VARIABLE]: GOALS }
  return spawnSync(command, args, { stdio: 'inherit', env }).status === 0
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
