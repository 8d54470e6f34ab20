import assert from 'node:assert/strict'
import { API } from '../src/index.ts'
import { bareHandler, nodeHttp, poolRequest, undiciRequest } from './alternatives.ts'
import { startCannedServer } from './canned-server.ts'
import { loadDockerModem } from './docker-modem.ts'
import { reportGoal } from './goal.ts'
import { type Cost, measure, quantile, ratios, repeatAsync } from './measure.ts'
import { printTable } from './print-table.ts'

// A GET of an instance over a unix socket, by this library and its alternatives.

const REQUEST = 'undici.request(url, { dispatcher })'
const BARE = 'pool.dispatch(…, a bare handler)'
const OURS = 'api.instances[name].get()'
const PLAN = { rounds: 21, times: 1500 }

await using server = await startCannedServer()
const { socketPath } = server
const root = API.factory({ socketPath })
const api = root['1.0']
const name = 'web'

const dockerModem = loadDockerModem(socketPath)
const ways: Record<string, () => Promise<unknown>> = {
  [OURS]: async () => (await api.instances[name].get()).data,
  [REQUEST]: undiciRequest(socketPath, name),
  'pool.request({ path, method })': poolRequest(socketPath, name),
  [BARE]: bareHandler(socketPath, name),
  'node:http': nodeHttp(socketPath, name),
  ...(dockerModem && { 'docker-modem': () => dockerModem(`/1.0/instances/${name}`) }),
}

const expected = await ways[REQUEST]?.()
for (const way of Object.values(ways)) assert.deepEqual(await way(), expected)

const contenders = Object.entries(ways).map(([name, way]) => ({ name, run: repeatAsync(way) }))
const costs = await measure(contenders, PLAN)

printTable(
  `GET ${JSON.stringify(expected).length} bytes of JSON over a unix socket, one call after the other`,
  ['', 'wall µs', 'CPU µs', 'wall ratio', 'CPU ratio', '(quartiles)'],
  [...costs].map(([name, turns]) => rowOf(name, turns)),
)
const ratio = quantile(costRatios(OURS, 'cpu', BARE))
reportGoal({
  row: `Node ${process.version}: CPU of a full call, of a bare handler’s`,
  goal: 'at most 1.05',
  figure: ratio.toFixed(2),
  isMet: ratio <= 1.05,
})
process.exit()

function rowOf(name: string, turns: readonly Cost[]): string[] {
  const cpu = costRatios(name, 'cpu')
  return [
    name,
    quantile(turns.map(({ wall }) => wall)).toFixed(1),
    quantile(turns.map(({ cpu }) => cpu)).toFixed(1),
    quantile(costRatios(name, 'wall')).toFixed(2),
    quantile(cpu).toFixed(2),
    `${quantile(cpu, 0.25).toFixed(2)} to ${quantile(cpu, 0.75).toFixed(2)}`,
  ]
}

// In the same round.
function costRatios(name: string, kind: keyof Cost, relativeTo = REQUEST): number[] {
  const [own = [], others = []] = [name, relativeTo].map(one => costs.get(one)?.map(cost => cost[kind]))
  return ratios(own, others)
}
