import { type API, absent, present } from '../src/index.ts'
import type { Daemon } from '../test/daemon/index.ts'
import { clock } from './clock.ts'
import { reportGoal } from './goal.ts'
import { quantile } from './measure.ts'
import { printTable } from './print-table.ts'
import { SecondClient } from './second-client.ts'

// Many requests at once through one API, and what they do to a request beside them: of the same API, and of another client.

const GETS = 1000
const WAITS = 200
const ROUNDS = 5
const SAMPLES = 100

type Api = ReturnType<typeof API.factory>['1.0']

/** Sends 1,000 GETs at once, and GETs together with 200 waits and beside them; the server has the image `small`. */
export async function benchStorm(label: string, daemon: Daemon, api: Api): Promise<void> {
  await using second = new SecondClient(daemon.connection)
  await present(api.instances.web, { source: 'small', status: 'Running' })
  const get = (): Promise<unknown> => api.instances.web.get()
  const storms: number[] = []
  const others: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const asked = second.ask(3)
    storms.push(await clock(() => many(GETS, get)))
    others.push(...(await asked))
  }
  const alone = await sample(get)
  const { withGets, withWaits, beside, otherBeside } = await raceWaits(api, get, second)
  await absent(api.instances.web)
  printTable(
    `${label}: many requests at once`,
    ['', 'median ms', 'worst ms'],
    [
      rowOf(`${GETS} GETs at once`, storms),
      rowOf('… another client’s GET meanwhile', others),
      rowOf('a GET alone', alone),
      rowOf(`a GET sent after ${WAITS} GETs`, withGets),
      rowOf(`a GET sent after ${WAITS} waits`, withWaits),
      rowOf(`a GET while ${WAITS} waits are open`, beside),
      rowOf('… another client’s GET then', otherBeside),
    ],
  )
  reportRatio(
    `${label}: time of a GET sent after ${WAITS} waits, of one after ${WAITS} GETs`,
    withWaits,
    withGets,
  )
  reportRatio(`${label}: time of a GET while ${WAITS} waits are open, of one alone`, beside, alone)
}

/** Times GETs that are sent with many others, with many waits for an operation, and while those are open. */
async function raceWaits(api: Api, get: () => Promise<unknown>, second: SecondClient) {
  const withGets: number[] = []
  const withWaits: number[] = []
  const beside: number[] = []
  const otherBeside: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const gets = many(WAITS, get)
    withGets.push(await clock(get))
    await gets
    const operation = await api.instances.web.exec.post({ command: ['sleep', '1000'] })
    const waits = many(WAITS, () => operation.wait().catch(() => {}))
    withWaits.push(await clock(get))
    beside.push(...(await sample(get)))
    otherBeside.push(...(await second.ask(10)))
    await api.instances.web.state.put({ action: 'restart', force: true }).wait()
    await waits
  }
  return { withGets, withWaits, beside, otherBeside }
}

async function many(times: number, run: () => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: times }, run))
}

async function sample(get: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let time = 0; time < SAMPLES; time++) times.push(await clock(get))
  return times
}

function rowOf(name: string, times: readonly number[]): string[] {
  return [name, quantile(times).toFixed(1), quantile(times, 1).toFixed(1)]
}

function reportRatio(row: string, times: readonly number[], others: readonly number[]): void {
  const ratio = quantile(times) / quantile(others)
  reportGoal({ row, goal: 'at most 1.2', figure: ratio.toFixed(2), isMet: ratio <= 1.2 })
}
