import { API } from '../src/api.ts'
import { Client } from '../src/client/client.ts'
import { Members } from '../src/connection/members.ts'
import { Trace } from '../src/trace/trace.ts'
import { startCannedServer } from './canned-server.ts'
import { reportGoal } from './goal.ts'
import { measure, quantile, repeatAsync, repeatSync } from './measure.ts'
import { printTable } from './print-table.ts'

// The cost of a disabled trace: of its three checks alone, and of a call with and without them.

class NoTrace extends Trace {
  override get isToLoad(): boolean {
    return false
  }

  override get isEnabled(): boolean {
    return false
  }

  override get isCurlEnabled(): boolean {
    return false
  }
}

const ASKED = 'asking whether it is to load, or on, twice'
const WITH = 'a call, the trace off'
const WITHOUT = 'a call, the trace taken out'

await using server = await startCannedServer()
const name = 'web'
const trace = new Trace()
const asked = await measure(
  [{ name: ASKED, run: repeatSync(() => trace.isToLoad || trace.isEnabled || trace.isCurlEnabled) }],
  {
    rounds: 31,
    times: 100_000,
  },
)
const calls = await measure(
  [
    { name: WITH, run: repeatAsync(get(new Trace())) },
    { name: WITHOUT, run: repeatAsync(get(new NoTrace())) },
  ],
  { rounds: 101, times: 500 },
)

const medians = new Map(
  [...asked, ...calls].map(([name, turns]) => [name, quantile(turns.map(({ cpu }) => cpu))]),
)
printTable(
  'The trace while it is off',
  ['', 'CPU µs'],
  [...medians].map(([name, cpu]) => [name, cpu.toFixed(3)]),
)
const share = (medians.get(ASKED) ?? Number.NaN) / (medians.get(WITHOUT) ?? Number.NaN)
const difference = quantile(differences())
const quartiles = [0.25, 0.75].map(part => percent(quantile(differences(), part))).join(' to ')
console.log(`\n  with against without, round by round: ${percent(difference)} (quartiles ${quartiles})`)
reportGoal({
  row: 'CPU of the trace while it is off, of a call',
  goal: 'less than 1 %',
  figure: percent(share),
  isMet: share < 0.01,
})
process.exit()

function get(trace: Trace): () => Promise<unknown> {
  const client = new Client(new Members({ socketPath: server.socketPath }), trace)
  const api = new API({ client, defaults: {} })
  return () => api.path('1.0', 'instances', name).get()
}

function differences(): number[] {
  const without = calls.get(WITHOUT) ?? []
  return (calls.get(WITH) ?? []).map(({ cpu }, round) => cpu / (without[round]?.cpu ?? Number.NaN) - 1)
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}
