import { execFileSync, spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { reportGoal } from './goal.ts'
import { measure, quantile } from './measure.ts'
import { printTable } from './print-table.ts'

// The startup time that importing the library costs, as it is published, from start to exit of a process.

execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' })
const library = pathToFileURL(resolve('dist/index.js')).href
const scripts = {
  'an empty script': '',
  "import 'undici'": "import 'undici'",
  "import 'debug'": "import 'debug'",
  "import 'lxdapi'": `import '${library}'`,
}

const contenders = Object.entries(scripts).map(([name, script]) => ({ name, run: () => runScript(script) }))
const costs = await measure(contenders, { rounds: 60, times: 1 })

printTable(
  'Import time, in processes of their own',
  ['', 'ms', 'more than empty', 'more than undici'],
  Object.keys(scripts).map(name => [
    name,
    quantile(timesOf(name)).toFixed(1),
    moreThan('an empty script', name).toFixed(1),
    moreThan("import 'undici'", name).toFixed(1),
  ]),
)
const more = moreThan("import 'undici'", "import 'lxdapi'")
reportGoal({
  row: 'import of the package',
  goal: 'at most 10 ms above undici’s',
  figure: `${more.toFixed(1)} ms`,
  isMet: more <= 10,
})

// Of the same round, since processes start up to twice as fast in one as in another.
function moreThan(less: string, name: string): number {
  const others = timesOf(less)
  return quantile(timesOf(name).map((ms, round) => ms - (others[round] ?? Number.NaN)))
}

function timesOf(name: string): number[] {
  return (costs.get(name) ?? []).map(({ wall }) => wall / 1000)
}

function runScript(script: string): void {
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error(`It failed: ${script}`)
}
