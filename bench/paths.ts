import { API } from '../src/index.ts'
import { reportGoal } from './goal.ts'
import { type Contender, measure, quantile, repeatSync } from './measure.ts'
import { printTable } from './print-table.ts'

// The cost of building a path; consecutive names differ.

const FOUR = "api['1.0'].instances[name].state"
const PLAN = { rounds: 31, times: 100_000 }

const root = API.factory({ socketPath: '/nowhere' })
const plain = Array.from({ length: 512 }, (_, index) => `web-${index}`)
const odd = Array.from({ length: 512 }, (_, index) => `wéb ${index}`)

const contenders: Contender[] = [
  { name: FOUR, run: repeatSync(time => root['1.0'].instances[nameOf(plain, time)].state) },
  {
    name: '… where the name needs encoding',
    run: repeatSync(time => root['1.0'].instances[nameOf(odd, time)].state),
  },
  {
    name: "root.path('1.0', 'instances', name, 'state')",
    run: repeatSync(time => root.path('1.0', 'instances', nameOf(plain, time), 'state')),
  },
  {
    name: 'a template with encodeURIComponent(name)',
    run: repeatSync(time => `/1.0/instances/${encodeURIComponent(nameOf(plain, time))}/state`),
  },
]
const costs = await measure(contenders, PLAN)
const medians = new Map([...costs].map(([name, turns]) => [name, quantile(turns.map(({ cpu }) => cpu))]))

printTable(
  'Building a path of four segments',
  ['', 'CPU µs'],
  [...medians].map(([name, cpu]) => [name, cpu.toFixed(3)]),
)
const four = medians.get(FOUR) ?? Number.NaN
reportGoal({
  row: 'CPU of building a path of four segments',
  goal: 'less than 0.5 µs',
  figure: `${four.toFixed(3)} µs`,
  isMet: four < 0.5,
})

function nameOf(names: readonly string[], time: number): string {
  return names[time % names.length] ?? ''
}
