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
const costs = await measure(contenders, { rounds: 15, times: 1 })

const empty = medianOf('an empty script')
const undici = medianOf("import 'undici'")
printTable(
  'Import time, in processes of their own',
  ['', 'ms', 'more than empty', 'more than undici'],
  Object.keys(scripts).map(name => [
    name,
    medianOf(name).toFixed(1),
    (medianOf(name) - empty).toFixed(1),
    (medianOf(name) - undici).toFixed(1),
  ]),
)
const more = medianOf("import 'lxdapi'") - undici
reportGoal({
  row: 'import of the package',
  goal: 'at most 10 ms above undici’s',
  figure: `${more.toFixed(1)} ms`,
  isMet: more <= 10,
})

function runScript(script: string): void {
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error(`It failed: ${script}`)
}

function medianOf(name: string): number {
  return quantile((costs.get(name) ?? []).map(({ wall }) => wall / 1000))
}
