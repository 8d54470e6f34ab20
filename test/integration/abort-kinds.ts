import assert from 'node:assert/strict'
import { setMaxListeners } from 'node:events'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { finished } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { type ApiPath, events, exec, filePull, filePush, type Path, spawn } from '../../src/index.ts'
import { type StalledSource, stalledReadable } from '../servers/stalled-source.ts'
import { type ConnectionWatch, MARK_HEADER } from './connection-watch.ts'
import { startContainer } from './live-container.ts'
import type { Running } from './servers.ts'

/** A server with what the calls to abort need. */
export interface AbortTarget {
  readonly api: Running['api']
  /** The URL of an operation that runs for an hour. */
  readonly operation: string
  readonly watch: ConnectionWatch
}

/** A call that has been made, and is to be aborted. */
export interface AbortableCall {
  /** Whether it has come to where an abort hits it in the middle. */
  readonly isUnderWay: () => boolean
  /** Rejects as soon as it ends, with the reason of the abort if that is what ended it. */
  readonly ended: Promise<unknown>
}

/** A kind of call to abort; a call of its own has headers of its own, by which it can be told from others. */
export interface AbortKind {
  readonly name: string
  readonly call: (target: AbortTarget, signal: AbortSignal) => AbortableCall
}

/** The container that the calls need, and the file of 32 MiB in it. */
export const CONTAINER = 'c1'
export const BIG_FILE = '/root/big'

const CHUNK = Buffer.alloc(64 * 1024, 'x')
const FOREVER = ['sleep', '3600']

/** Makes the container, the file and the operation. */
export async function prepareAborts({ api, image }: Running, watch: ConnectionWatch): Promise<AbortTarget> {
  await startContainer(api, CONTAINER, image)
  await exec(api['1.0'].instances[CONTAINER], [
    'dd',
    'if=/dev/urandom',
    `of=${BIG_FILE}`,
    'bs=1M',
    'count=32',
  ])
  const { data } = await api['1.0'].instances.path(CONTAINER, 'exec').post({ command: FOREVER })
  // Safe cast: what starts an operation has its URL.
  return { api, watch, operation: (data as { operation: string }).operation }
}

/** All kinds of calls that can be aborted. */
export const ABORT_KINDS: readonly AbortKind[] = [
  { name: 'a GET', call: abortGet },
  { name: 'a wait()', call: abortWait },
  { name: 'a body that is destroyed', call: destroyBody },
  { name: 'exec()', call: abortExec },
  { name: 'spawn()', call: abortSpawn },
  { name: 'events()', call: abortEvents },
  { name: 'the handshake of a websocket', call: abortHandshake },
  { name: 'filePull()', call: abortPull },
  { name: 'filePush() before its first byte', call: (target, signal) => abortPush(target, signal, []) },
  { name: 'filePush() after its first byte', call: (target, signal) => abortPush(target, signal, [CHUNK]) },
  { name: 'post(stream) before its first byte', call: (target, signal) => abortPost(target, signal, []) },
  { name: 'post(stream) after its first byte', call: (target, signal) => abortPost(target, signal, [CHUNK]) },
]

/** Makes calls of a kind at once, waits until all of them are under way, aborts them, and checks how they end. */
export async function abortAtOnce(kind: AbortKind, target: AbortTarget, count: number): Promise<void> {
  const controller = new AbortController()
  const reason = new Error(`${kind.name} is called off`)
  setMaxListeners(0, controller.signal)
  const calls = Array.from({ length: count }, () => kind.call(target, controller.signal))
  const ended = Promise.all(calls.map(call => assertRejectsWith(call.ended, reason)))
  await untilUnderWay(calls, ended)
  controller.abort(reason)
  await ended
}

/** Comes back when all calls are under way, or when they have ended, which is then for others to tell. */
export async function untilUnderWay(calls: readonly AbortableCall[], ended: Promise<unknown>): Promise<void> {
  let isOver = false
  const over = (): void => {
    isOver = true
  }
  ended.then(over, over)
  while (!isOver && !calls.every(({ isUnderWay }) => isUnderWay())) await delay(1)
}

/** Asserts that a promise rejects with this very reason, and with none that only looks like it. */
export function assertRejectsWith(promise: Promise<unknown>, reason: unknown): Promise<void> {
  return assert.rejects(promise, error => {
    assert.equal(error, reason)
    return true
  })
}

/** The `1.0` of a target for one call, whose requests can be told from all others. */
class MarkedApi {
  static #count = 0
  readonly api: Path
  readonly #mark = `call-${MarkedApi.#count++}`
  readonly #watch: ConnectionWatch

  constructor({ api, watch }: AbortTarget) {
    const root: ApiPath = api
    this.api = root.path('1.0').with({ headers: { [MARK_HEADER]: this.#mark } })
    this.#watch = watch
  }

  /** Whether it has sent so many requests. */
  hasSent(count: number): boolean {
    return this.#watch.requestCount(this.#mark) >= count
  }
}

function abortGet(target: AbortTarget, signal: AbortSignal): AbortableCall {
  const marked = new MarkedApi(target)
  const ended = marked.api.forUrl(target.operation).path('wait').get({ signal })
  return { isUnderWay: () => marked.hasSent(1), ended }
}

function abortWait(target: AbortTarget, signal: AbortSignal): AbortableCall {
  const marked = new MarkedApi(target)
  const ended = marked.api.forUrl(target.operation).get().wait({ signal })
  return { isUnderWay: () => marked.hasSent(2), ended }
}

function destroyBody(target: AbortTarget, signal: AbortSignal): AbortableCall {
  const files = new MarkedApi(target).api.path('instances', CONTAINER, 'files')
  const opened = files.get({ query: { path: BIG_FILE } })
  let isUnderWay = false
  const destroy = async (): Promise<void> => {
    const { body } = await opened
    assert.ok(body)
    body.once('readable', () => {
      isUnderWay = true
    })
    // Safe cast: whatever a stream is destroyed with is its error.
    const end = (): unknown => body.destroy(signal.reason as Error)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
    await finished(body)
  }
  return { isUnderWay: () => isUnderWay, ended: destroy() }
}

function abortExec(target: AbortTarget, signal: AbortSignal): AbortableCall {
  const marked = new MarkedApi(target)
  // The command, the three websockets of its streams and the one that controls it.
  const ended = exec(marked.api.instances[CONTAINER], FOREVER, { signal })
  return { isUnderWay: () => marked.hasSent(5), ended }
}

function abortSpawn(target: AbortTarget, signal: AbortSignal): AbortableCall {
  const { api } = new MarkedApi(target)
  const command = ['sh', '-c', `echo started; exec ${FOREVER.join(' ')}`]
  const spawned = spawn(api.instances[CONTAINER], command, { signal })
  let isUnderWay = false
  const ended = spawned.then(async ({ stdout, exited }) => {
    stdout.once('data', () => {
      isUnderWay = true
    })
    const outcomes = await Promise.allSettled([text(stdout), exited])
    assert.deepEqual(
      outcomes.map(outcome => outcome.status === 'rejected' && outcome.reason),
      [signal.reason, signal.reason],
    )
    throw signal.reason
  })
  return { isUnderWay: () => isUnderWay, ended }
}

function abortEvents(target: AbortTarget, signal: AbortSignal): AbortableCall {
  const { api } = new MarkedApi(target)
  let isUnderWay = false
  const ended = events(api, { signal }).then(async stream => {
    isUnderWay = true
    for await (const _ of stream);
  })
  return { isUnderWay: () => isUnderWay, ended }
}

function abortHandshake(target: AbortTarget, signal: AbortSignal): AbortableCall {
  const marked = new MarkedApi(target)
  const ended = marked.api
    .path('events')
    .websocket({ signal })
    .then(async socket => {
      await socket.closed
      throw socket.failure
    })
  return { isUnderWay: () => marked.hasSent(1), ended }
}

function abortPull(target: AbortTarget, signal: AbortSignal): AbortableCall {
  const { api } = new MarkedApi(target)
  let isUnderWay = false
  // A reader that takes one chunk and stalls.
  const write = (): void => {
    isUnderWay = true
  }
  const ended = filePull(api.instances[CONTAINER], BIG_FILE, new Writable({ write }), { signal })
  return { isUnderWay: () => isUnderWay, ended }
}

function abortPush(target: AbortTarget, signal: AbortSignal, first: readonly Buffer[]): AbortableCall {
  const marked = new MarkedApi(target)
  const source = stalledReadable(first, [])
  const ended = filePush(marked.api.instances[CONTAINER], `/root/${uniqueName()}`, source.body, { signal })
  return uploadOf(marked, source, first, ended)
}

function abortPost(target: AbortTarget, signal: AbortSignal, first: readonly Buffer[]): AbortableCall {
  const marked = new MarkedApi(target)
  const source = stalledReadable(first, [])
  const headers = { 'content-type': 'application/octet-stream' }
  const ended = marked.api.path('images').post(source.body, { headers, signal })
  return uploadOf(marked, source, first, ended)
}

function uploadOf(
  marked: MarkedApi,
  { isAsked, release }: StalledSource,
  first: readonly Buffer[],
  ended: Promise<unknown>,
): AbortableCall {
  const isUnderWay = (): boolean => isAsked() && (first.length === 0 || marked.hasSent(1))
  return { isUnderWay, ended: ended.finally(release) }
}

let names = 0

function uniqueName(): string {
  return `pushed-${names++}`
}
