import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { API, type ApiPath, events, exec, watch } from '../../src/index.ts'
import { serversUnderTest } from '../daemon/index.ts'
import { startContainer } from '../integration/live-container.ts'
import { before, it } from '../integration/node-test.ts'
import { openConnections } from '../integration/open-connections.ts'
import { describeOnServers } from '../integration/servers.ts'
import { countDescriptors } from '../servers/raw-server.ts'
import { untilTrue } from './patience.ts'

// A process that runs for long: whatever it has done once, it can do as often as it likes, in the same memory.

const CONTAINER = 'c1'
const GETS = Number(process.env['LXDAPI_GETS'] ?? 30_000)
const EXECS = Number(process.env['LXDAPI_EXECS'] ?? 2000)
const STREAMS = Number(process.env['LXDAPI_STREAMS'] ?? 2000)
const LANES = 4
// So that it needs no flag on the command line.
setFlagsFromString('--expose-gc')
// Safe cast: the flag above makes it.
const collectGarbage = runInNewContext('gc') as () => void

/** What a process holds on to. */
interface Footprint {
  readonly heap: number
  readonly descriptors: number
}

describeOnServers(
  'a process that runs for long',
  running => {
    before(() => startContainer(running().api, CONTAINER, running().image))

    const soaks: Readonly<Record<string, Soak>> = {
      [`${GETS} GETs`]: { times: GETS, once: getOnce, maxGrowth: 256 * 1024 },
      // What V8 compiles of them goes on for longer than their first half: 180 KiB.
      [`${EXECS} commands`]: { times: EXECS, once: execOnce, maxGrowth: 512 * 1024 },
      [`${STREAMS} event streams`]: { times: STREAMS, once: streamOnce, maxGrowth: 256 * 1024 },
      [`${STREAMS} lists that are watched`]: { times: STREAMS, once: watchOnce, maxGrowth: 512 * 1024 },
    }
    for (const [name, soak] of Object.entries(soaks)) {
      it(`holds on to nothing of ${name}`, async t => {
        const before = { connections: openConnections(), descriptors: countDescriptors() }
        const api: ApiPath = API.factory(running().daemon.connection)
        await soakTwice(t, soak, api)
        await (api as API).close()
        await untilTrue(() => openConnections() <= before.connections)
        await untilTrue(() => countDescriptors() <= before.descriptors)
      })
    }
  },
  // Each server once, and each way there once.
  serversUnderTest().filter(({ label }) => /LXD.*socket|Incus.*HTTPS/.test(label)),
)

/** Something to do often. */
interface Soak {
  readonly times: number
  readonly once: (api: ApiPath, time: number) => Promise<void>
  /** Bytes that the heap may grow by in the second half; without a leak it is less than half of that. */
  readonly maxGrowth: number
}

async function soakTwice(t: TestContext, { times, once, maxGrowth }: Soak, api: ApiPath): Promise<void> {
  const half = Math.floor(times / 2)
  await inLanes(half, time => once(api, time))
  const middle = await measure()
  await inLanes(half, time => once(api, half + time))
  const end = await measure()
  const growth = end.heap - middle.heap
  t.diagnostic(
    `heap ${kib(middle.heap)}, then ${kib(growth)} more; descriptors ${middle.descriptors}, ${end.descriptors}`,
  )
  assert.ok(growth < maxGrowth, `the heap grew by ${growth} bytes in ${half} turns`)
  // Connections that are kept for the next call come and go; there is one for each lane at most.
  assert.ok(
    end.descriptors - middle.descriptors <= LANES,
    `${end.descriptors - middle.descriptors} more descriptors`,
  )
}

async function getOnce(api: ApiPath): Promise<void> {
  const { metadata } = await api.path('1.0', 'instances', CONTAINER).get()
  assert.equal(metadata.name, CONTAINER)
}

async function execOnce(api: ApiPath, time: number): Promise<void> {
  const { exitCode, stdout } = await exec(api.path('instances', CONTAINER), ['echo', String(time)])
  assert.deepEqual([exitCode, stdout], [0, `${time}\n`])
}

async function streamOnce(api: ApiPath): Promise<void> {
  const stream = await events(api, { type: 'lifecycle' })
  await stream.return()
}

async function watchOnce(api: ApiPath): Promise<void> {
  const live = await watch(api.path('1.0', 'profiles'))
  assert.equal(live.size, 1)
  await live.close()
}

async function measure(): Promise<Footprint> {
  // What ends a connection, and what is told when an object is gone, takes a few turns.
  for (let turn = 0; turn < 5; turn++) {
    collectGarbage()
    await delay(20)
  }
  return { heap: process.memoryUsage().heapUsed, descriptors: countDescriptors() }
}

async function inLanes(times: number, run: (time: number) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    for (let time = next++; time < times; time = next++) await run(time)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} KiB`
}
