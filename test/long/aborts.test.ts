import assert from 'node:assert/strict'
import { getEventListeners, setMaxListeners } from 'node:events'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { API, exec, fileList, filePull } from '../../src/index.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { containerProcesses } from '../daemon/processes.ts'
import {
  ABORT_KINDS,
  type AbortKind,
  type AbortTarget,
  assertRejectsWith,
  BIG_FILE,
  CONTAINER,
  prepareAborts,
  untilUnderWay,
} from '../integration/abort-kinds.ts'
import { ConnectionWatch, countConnections } from '../integration/connection-watch.ts'
import { after, before, it } from '../integration/node-test.ts'
import { describeOnServers, type Running } from '../integration/servers.ts'
import { countDescriptors } from '../servers/raw-server.ts'
import { askAsSecondClient } from '../servers/second-client.ts'
import { untilSettled, untilTrue } from './patience.ts'
import { SEED } from './seed.ts'

// Aborts of every kind at random moments, while the same server has other work: nothing may be left of them.

const ABORTS = Number(process.env['LXDAPI_ABORTS'] ?? 750)
// How many calls are under way at once.
const LANES = 12
// How many others work at the same time, and must notice nothing.
const WORKERS = 2
// Milliseconds.
const LATEST = 30

/** One abort: of which kind, and when. */
interface Plan {
  readonly kind: number
  /** Whether the time counts from when the call is under way, or from its start. */
  readonly isUnderWay: boolean
  /** Milliseconds; 0 is at once, before anything has been sent. */
  readonly after: number
}

const watch = new ConnectionWatch()
after(() => watch[Symbol.dispose]())

describeOnServers('a storm of aborts', running => {
  let target: AbortTarget
  let folder: string

  before(async () => {
    target = await prepareAborts(running(), watch)
    folder = join(createTempFolder(), 'files')
    mkdirSync(folder)
  })

  it(`leaves nothing behind after ${ABORTS} aborts at random moments`, async t => {
    t.diagnostic(`seed ${SEED}`)
    const before = countDescriptors()
    const api = API.factory(running().daemon.connection)
    const shared = new AbortController()
    // Nobody is to be warned of what is counted below.
    setMaxListeners(0, shared.signal)
    const kinds = [...ABORT_KINDS, pullIntoFile(folder)]
    let isOver = false
    const stormed = storm({ ...target, api }, kinds).finally(() => {
      isOver = true
    })
    const workers = Array.from({ length: WORKERS }, (_, worker) =>
      workUntil(() => isOver, api, shared.signal, worker),
    )
    // One of them that fails does not end the others.
    await Promise.allSettled([stormed, ...workers])
    await stormed
    const done = await Promise.all(workers)
    t.diagnostic(`meanwhile ${done.reduce((sum, count) => sum + count)} other commands succeeded`)
    assert.equal(getEventListeners(shared.signal, 'abort').length, 0)
    assert.deepEqual(readdirSync(folder), [])
    assert.equal(await askAsSecondClient(running().daemon.connection, '/1.0'), 200)
    await assertNothingLeft(running(), target)
    await api.close()
    // The server's own client has idle connections, which were open before.
    await untilTrue(() => countDescriptors() <= before)
  })
})

/** Aborts calls of random kinds at random moments; rejects where one of them does not end as it should. */
async function storm(target: AbortTarget, kinds: readonly AbortKind[]): Promise<void> {
  const plan = fc.record({ kind: fc.nat(kinds.length - 1), isUnderWay: fc.boolean(), after: fc.nat(LATEST) })
  const queue: Plan[] = fc.sample(plan, { seed: SEED, numRuns: ABORTS })
  const lane = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      // Safe cast: the plan has no other numbers.
      await abortAsPlanned(target, kinds[next.kind] as AbortKind, next)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

async function abortAsPlanned(target: AbortTarget, kind: AbortKind, plan: Plan): Promise<void> {
  const controller = new AbortController()
  const reason = new Error(`${kind.name} is called off: ${JSON.stringify(plan)}`)
  const call = kind.call(target, controller.signal)
  const ended = assertRejectsWith(call.ended, reason)
  // What it ends with too early is told below.
  ended.catch(() => {})
  if (plan.isUnderWay) await untilUnderWay([call], ended)
  if (plan.after > 0) await delay(plan.after)
  controller.abort(reason)
  await untilSettled(ended, reason.message)
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0, reason.message)
}

/** Does ordinary work until told to stop; returns how often. Its signal is never aborted. */
async function workUntil(
  isOver: () => boolean,
  api: AbortTarget['api'],
  signal: AbortSignal,
  worker: number,
): Promise<number> {
  let count = 0
  while (!isOver()) {
    const text = `worker ${worker}, ${count++}`
    const { stdout } = await exec(api['1.0'].instances[CONTAINER], ['echo', text], { signal })
    assert.equal(stdout, `${text}\n`)
    const { metadata } = await api['1.0'].instances.path(CONTAINER).get({ signal })
    assert.equal(metadata.name, CONTAINER)
  }
  return count
}

/** A pull into a file, which must not be there afterwards, nor anything beside it. */
function pullIntoFile(folder: string): AbortKind {
  let files = 0
  const call: AbortKind['call'] = ({ api }, signal) => {
    const file = join(folder, `file-${files++}`)
    let isUnderWay = false
    const onProgress = (): void => {
      isUnderWay = true
    }
    const pulled = filePull(api['1.0'].instances[CONTAINER], BIG_FILE, file, { signal, onProgress })
    // One that was faster than its abort is whole.
    const ended = pulled.then(() => {
      rmSync(file)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), ONCE))
    })
    return { isUnderWay: () => isUnderWay, ended }
  }
  return { name: 'filePull() into a file', call }
}

const ONCE = { once: true }

async function assertNothingLeft({ api, daemon }: Running, target: AbortTarget): Promise<void> {
  const operations = async (): Promise<string[]> => {
    const { metadata } = await api['1.0'].operations.get()
    return Object.values(metadata).flat() as string[]
  }
  // The one that runs for an hour is the target's.
  await untilTrue(async () => (await operations()).every(url => target.operation.startsWith(url)))
  await untilTrue(() => sleepers(daemon.dir) === 1)
  assert.deepEqual(await fileList(api['1.0'].instances[CONTAINER], '/root'), ['big'])
  assert.equal(watch.silentCount, 0)
  await untilTrue(() => countConnections(daemon.connection) === watch.openCount)
}

function sleepers(dir: string): number {
  return containerProcesses([dir]).filter(({ command }) => command.includes('sleep 3600')).length
}
