import assert from 'node:assert/strict'
import { API } from '../src/index.ts'
import { bareHandler, nodeHttp, poolRequest, undiciRequest } from './alternatives.ts'
import { startCannedServer } from './canned-server.ts'
import { loadDockerModem } from './docker-modem.ts'
import { type Cost, measure, quantile, repeatAsync } from './measure.ts'
import { printGoal, printTable } from './print-table.ts'

// A GET of an instance over a unix socket, by this library and its alternatives.

const BARE = 'undici.request(url, { dispatcher })'
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
  [BARE]: undiciRequest(socketPath, name),
  'pool.request({ path, method })': poolRequest(socketPath, name),
  'pool.dispatch(…, a bare handler)': bareHandler(socketPath, name),
  'node:http': nodeHttp(socketPath, name),
  ...(dockerModem && { 'docker-modem': () => dockerModem(`/1.0/instances/${name}`) }),
}

const expected = await ways[BARE]?.()
for (const way of Object.values(ways)) assert.deepEqual(await way(), expected)

const contenders = Object.entries(ways).map(([name, way]) => ({ name, run: repeatAsync(way) }))
const costs = await measure(contenders, PLAN)

printTable(
  `GET ${JSON.stringify(expected).length} bytes of JSON over a unix socket, one call after the other`,
  ['', 'wall µs', 'CPU µs', 'wall ratio', 'CPU ratio', '(quartiles)'],
  [...costs].map(([name, turns]) => rowOf(name, turns)),
)
const ratio = quantile(ratios(OURS, 'cpu'))
printGoal(`the full call costs no more CPU than bare undici.request(): ${ratio.toFixed(2)}`, ratio <= 1)
process.exit()

function rowOf(name: string, turns: readonly Cost[]): string[] {
  const cpu = ratios(name, 'cpu')
  return [
    name,
    quantile(turns.map(({ wall }) => wall)).toFixed(1),
    quantile(turns.map(({ cpu }) => cpu)).toFixed(1),
    quantile(ratios(name, 'wall')).toFixed(2),
    quantile(cpu).toFixed(2),
    `${quantile(cpu, 0.25).toFixed(2)} to ${quantile(cpu, 0.75).toFixed(2)}`,
  ]
}

// Relative to bare undici.request() in the same round.
function ratios(name: string, kind: keyof Cost): number[] {
  const bare = costs.get(BARE) ?? []
  return (costs.get(name) ?? []).map((cost, round) => cost[kind] / (bare[round]?.[kind] ?? Number.NaN))
}
