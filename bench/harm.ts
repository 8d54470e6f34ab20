import { setTimeout as delay } from 'node:timers/promises'
import { type ApiPath, filePush } from '../src/index.ts'
import { type ServerUnderTest, serversUnderTest } from '../test/daemon/index.ts'
import {
  ABORT_KINDS,
  type AbortTarget,
  abortAtOnce,
  CONTAINER,
  prepareAborts,
} from '../test/integration/abort-kinds.ts'
import { ConnectionWatch } from '../test/integration/connection-watch.ts'
import { startServer } from '../test/integration/servers.ts'
import {
  type StalledSource,
  stalledIterable,
  stalledReadable,
  stalledWebStream,
} from '../test/servers/stalled-source.ts'
import { reportGoal } from './goal.ts'
import { quantile } from './measure.ts'
import { printTable } from './print-table.ts'
import { SecondClient } from './second-client.ts'

// How aborted calls and stalled uploads delay another client: how long its GETs take over new connections from a separate
// process, without them, after them and during them.

const ROUNDS = Number(process.env['LXDAPI_BENCH_ROUNDS'] ?? 3)
// Runs only those whose name includes this text, such as 'filePush'.
const ONLY = process.env['LXDAPI_BENCH_ONLY'] ?? ''
const COUNTS = [1, 5, 20]
// GETs in each round: the first immediately, the others while the aborts may still have effects.
const GETS_PER_ROUND = 5
const BASELINE_GETS = 50
const MAX_GET_MS = 100

/** Something that may delay another client. */
interface Harm {
  readonly name: string
  /** Does it `count` times concurrently, and calls `ask` during or after it. */
  readonly run: (count: number, ask: () => Promise<void>) => Promise<void>
}

for (const server of serversUnderTest()) {
  if (server.missing === undefined) await benchServer(server)
  else console.log(`\n  without ${server.label}: ${server.missing}`)
}
process.exit()

async function benchServer(server: ServerUnderTest): Promise<void> {
  const running = await startServer(server)
  await using _ = running.daemon
  using watch = new ConnectionWatch()
  await using second = new SecondClient(running.daemon.connection)
  const target = await prepareAborts(running, watch)
  // Warms up the process.
  await second.ask(GETS_PER_ROUND)
  const without = await second.ask(BASELINE_GETS)
  const harms = listHarms(target).filter(({ name }) => name.includes(ONLY))
  const measured = new Map<string, number[][]>()
  for (const harm of harms) measured.set(harm.name, await measureHarm(harm, second))
  printTable(
    `${server.label}: ms that a second client’s GET takes, median and worst of ${ROUNDS * GETS_PER_ROUND}`,
    ['', ...COUNTS.map(count => `${count} at once`)],
    [
      ['without', ...COUNTS.map(() => format(without))],
      ...[...measured].map(([name, times]) => [name, ...times.map(format)]),
    ],
  )
  const worst = Math.max(...[...measured.values()].flat(2))
  reportGoal({
    row: `${server.label}: a second client’s GET during and after aborts and stalls`,
    goal: `at most ${MAX_GET_MS} ms`,
    figure: `${worst.toFixed(1)} ms`,
    isMet: worst < MAX_GET_MS,
  })
  await running.api.close()
}

async function measureHarm(harm: Harm, second: SecondClient): Promise<number[][]> {
  const times = COUNTS.map((): number[] => [])
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, count] of COUNTS.entries()) {
      await harm.run(count, async () => void times[index]?.push(...(await second.ask(GETS_PER_ROUND))))
    }
  }
  return times
}

function listHarms(target: AbortTarget): Harm[] {
  const files = (target.api as ApiPath).path('1.0', 'instances', CONTAINER, 'files')
  const toFile = (n: number) => ({
    query: { path: `/root/late-${n}` },
    headers: { 'content-type': 'application/octet-stream', 'X-LXD-type': 'file' },
  })
  return [
    ...ABORT_KINDS.map(kind => ({
      name: `after ${kind.name}`,
      run: async (count: number, ask: () => Promise<void>) => {
        await abortAtOnce(kind, target, count)
        await ask()
      },
    })),
    stall('post(Readable)', stalledReadable, ({ body }, n) => files.post(body, toFile(n))),
    stall('post(async iterable)', stalledIterable, ({ body }, n) => files.post(body, toFile(n))),
    stall('post(ReadableStream)', stalledWebStream, ({ body }, n) => files.post(body, toFile(n))),
    stall('filePush()', stalledReadable, ({ body }, n) =>
      filePush(target.api['1.0'].instances[CONTAINER], `/root/late-${n}`, body),
    ),
  ]
}

/** Uploads whose sources stall while the other client sends its GETs. */
function stall<Source extends StalledSource>(
  name: string,
  makeSource: (first: [], rest: Uint8Array[]) => Source,
  upload: (source: Source, n: number) => Promise<unknown>,
): Harm {
  const run: Harm['run'] = async (count, ask) => {
    const sources = Array.from({ length: count }, () => makeSource([], [Buffer.from('late')]))
    const uploads = Promise.all(sources.map(upload))
    // An upload that fails rejects here.
    await Promise.race([untilAsked(sources), uploads])
    await ask()
    for (const { release } of sources) release()
    await uploads
  }
  return { name: `during a stalled ${name}`, run }
}

async function untilAsked(sources: readonly StalledSource[]): Promise<void> {
  while (!sources.every(({ isAsked }) => isAsked())) await delay(1)
}

function format(times: readonly number[]): string {
  return `${quantile(times).toFixed(1)} ${quantile(times, 1).toFixed(1)}`
}
