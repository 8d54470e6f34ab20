import { spawnSync } from 'node:child_process'
import { measure, quantile } from './measure.ts'
import { printTable } from './print-table.ts'

// The startup time that importing the library costs, from start to exit of a process.

const library = new URL('../src/index.js', import.meta.url).href
const scripts = {
  'an empty script': '',
  "import 'undici'": "import 'undici'",
  "import 'debug'": "import 'debug'",
  "import 'lxdapi'": `import '${library}'`,
}

const contenders = Object.entries(scripts).map(([name, script]) => ({ name, run: () => runScript(script) }))
const costs = await measure(contenders, { rounds: 15, times: 1 })

const empty = medianOf('an empty script')
printTable(
  'Import time, in processes of their own',
  ['', 'ms', 'more than empty'],
  Object.keys(scripts).map(name => [name, medianOf(name).toFixed(1), (medianOf(name) - empty).toFixed(1)]),
)

function runScript(script: string): void {
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error(`It failed: ${script}`)
}

function medianOf(name: string): number {
  return quantile((costs.get(name) ?? []).map(({ wall }) => wall / 1000))
}
