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
import { quantile } from './measure.ts'
import { printGoal, printTable } from './print-table.ts'
import { SecondClient } from './second-client.ts'

// What aborted calls and uploads that stall cost another client: how long its GET takes, over a new connection and from a
// process of its own, without them, after them and during them.

const ROUNDS = Number(process.env['LXDAPI_BENCH_ROUNDS'] ?? 3)
// Such as 'filePush' for those with that word in their names.
const ONLY = process.env['LXDAPI_BENCH_ONLY'] ?? ''
const COUNTS = [1, 5, 20]
// In each round; the first is sent at once, and the others while whatever the aborts have caused goes on.
const ASKED = 5
const ASKED_WITHOUT = 50
const GOAL_MS = 100

/** Something that may be in another client's way. */
interface Harm {
  readonly name: string
  /** Does it so often at once, then asks as the other client: while it goes on, or when it is over. */
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
  // What is compiled once is not what a GET takes.
  await second.ask(ASKED)
  const without = await second.ask(ASKED_WITHOUT)
  const harms = listHarms(target).filter(({ name }) => name.includes(ONLY))
  const measured = new Map<string, number[][]>()
  for (const harm of harms) measured.set(harm.name, await measureHarm(harm, second))
  printTable(
    `${server.label}: ms that a second client’s GET takes, median and worst of ${ROUNDS * ASKED}`,
    ['', ...COUNTS.map(count => `${count} at once`)],
    [
      ['without', ...COUNTS.map(() => format(without))],
      ...[...measured].map(([name, times]) => [name, ...times.map(format)]),
    ],
  )
  const worst = Math.max(...[...measured.values()].flat(2))
  printGoal(`a second client’s GET takes less than ${GOAL_MS} ms: ${worst.toFixed(1)}`, worst < GOAL_MS)
  await running.api.close()
}

async function measureHarm(harm: Harm, second: SecondClient): Promise<number[][]> {
  const times = COUNTS.map((): number[] => [])
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, count] of COUNTS.entries()) {
      await harm.run(count, async () => void times[index]?.push(...(await second.ask(ASKED))))
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

/** Uploads whose sources give nothing while the other client asks. */
function stall<Source extends StalledSource>(
  name: string,
  makeSource: (first: [], rest: Uint8Array[]) => Source,
  upload: (source: Source, n: number) => Promise<unknown>,
): Harm {
  const run: Harm['run'] = async (count, ask) => {
    const sources = Array.from({ length: count }, () => makeSource([], [Buffer.from('late')]))
    const uploads = Promise.all(sources.map(upload))
    // What fails says why.
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
