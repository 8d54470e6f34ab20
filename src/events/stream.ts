import { setTimeout as pause } from 'node:timers/promises'
import { onAbort } from '../common/abort.ts'
import { isRecord } from '../common/is-record.ts'
import { APIConnectionException, APIException, APITimeoutException } from '../errors/exceptions.ts'
import { printAs } from '../redact/print-as.ts'
import { redact } from '../redact/redact.ts'
import type { APIWebSocket } from '../websocket/websocket.ts'
import { isOperation, type OperationMemory } from './memory.ts'

/** Says that the connection was lost and is there again: what happened in between, nobody told. */
export interface GapEvent {
  readonly type: 'gap'
  /** When the connection was there again, by the clock of this machine; RFC 3339. */
  readonly timestamp: string
  readonly metadata: {
    /** When the connection was lost. */
    readonly since: string
    /** How it was lost; `undefined` where the server closed it in order. */
    readonly reason: unknown
  }
}

/** How a stream gets its events. */
export interface EventFeed {
  /** Subscribes; the signal ends that also later. */
  readonly connect: (signal: AbortSignal) => Promise<APIWebSocket>
  readonly memory: OperationMemory
  readonly signal: AbortSignal | undefined
  /** Seconds to try to connect again. */
  readonly patience: number
}

// Events that are kept before the server has to wait, and those at which it may go on.
const MOST_KEPT = 1024
const FEW_KEPT = 256
// Milliseconds between two tries to connect.
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 2000
// What a proxy says of a server that is not there, and a server of itself while it starts.
const PASSING: ReadonlySet<unknown> = new Set([502, 503, 504])

/** The events of a server as they come in, over one connection after the other. */
export class ReconnectingStream<Event>
  implements AsyncIterableIterator<Event | GapEvent, undefined, undefined>
{
  readonly #feed: EventFeed
  readonly #over = new AbortController()
  readonly #forgetSignal: (() => void) | undefined
  readonly #kept: (Event | GapEvent)[] = []
  #waiting: (() => void)[] = []
  #connection: Promise<unknown>
  #socket: APIWebSocket | undefined
  #failure: unknown

  /** @internal Streams come from `events()`. */
  constructor(feed: EventFeed) {
    this.#feed = feed
    this.#forgetSignal = onAbort(feed.signal && [feed.signal], reason => this.#end(reason))
    this.#connection = this.#connect()
  }

  /** @internal Resolves when the server has subscribed it. */
  async subscribed(): Promise<this> {
    try {
      await this.#connection
    } catch (error) {
      this.#end(error)
      throw error
    }
    return this
  }

  async next(): Promise<IteratorResult<Event | GapEvent, undefined>> {
    while (this.#kept.length === 0 && !this.#isOver) {
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
    const event = this.#kept.shift()
    if (event === undefined) return this.#tellEnd()
    if (this.#kept.length === FEW_KEPT) this.#socket?.resume()
    return { done: false, value: event }
  }

  /** Ends the stream; resolves when its connection is closed. */
  async return(): Promise<IteratorResult<Event | GapEvent, undefined>> {
    this.#kept.length = 0
    this.#end(undefined)
    await this.#connection
    await this.#socket?.closed
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted
  }

  // Once, as any iterator does.
  #tellEnd(): IteratorResult<Event | GapEvent, undefined> {
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure
    return { done: true, value: undefined }
  }

  #end(failure: unknown): void {
    if (this.#isOver) return
    this.#failure = failure
    this.#forgetSignal?.()
    this.#over.abort(failure)
    if (this.#feed.signal?.aborted) this.#kept.length = 0
    this.#wake()
  }

  async #connect(): Promise<void> {
    const socket = await this.#feed.connect(this.#over.signal)
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#receive(socket, String(data)))
    void socket.closed.then(() => this.#lose(socket))
  }

  #receive(socket: APIWebSocket, message: string): void {
    try {
      // Safe cast: it is what servers send here; where it is not even JSON, it throws.
      const event = JSON.parse(message) as Event & { readonly metadata: unknown }
      if (isOperation(event.metadata)) this.#feed.memory.note(event.metadata, socket)
      this.#keep(event)
    } catch {
      socket.terminate(new APIException({ request: socket.request, error: 'The event is not valid JSON' }))
    }
  }

  #keep(event: (Event & { readonly metadata: unknown }) | GapEvent): void {
    this.#kept.push(masked(event))
    if (this.#kept.length >= MOST_KEPT) this.#socket?.pause()
    this.#wake()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  #lose({ failure: reason, isEndedHere }: APIWebSocket): void {
    // Whoever closed the API wants no new connection.
    if (isEndedHere && reason === undefined) this.#end(undefined)
    if (!this.#isOver) this.#connection = this.#connectAgain(reason)
  }

  async #connectAgain(reason: unknown): Promise<void> {
    const since = new Date().toISOString()
    try {
      await this.#tryToConnect(performance.now() + this.#feed.patience * 1000)
      this.#keep({ type: 'gap', timestamp: new Date().toISOString(), metadata: { since, reason } })
    } catch (error) {
      this.#end(error)
    }
  }

  async #tryToConnect(end: number): Promise<void> {
    for (let ms = FIRST_PAUSE; ; ms = Math.min(2 * ms, LONGEST_PAUSE)) {
      try {
        this.#over.signal.throwIfAborted()
        return await this.#connect()
      } catch (error) {
        if (!isPassing(error) || performance.now() + ms > end) throw error
      }
      await pause(ms, undefined, { signal: this.#over.signal })
    }
  }
}

// Printed as results are, and so is its metadata, which is what there is to print of an event.
function masked<Told extends { readonly metadata: unknown }>(event: Told): Told {
  const { metadata } = event
  if (isRecord(metadata)) printAs(metadata, one => redact({ ...one }))
  return isRecord(event) ? printAs(event, one => redact({ ...one })) : event
}

function isPassing(error: unknown): boolean {
  if (error instanceof APIConnectionException || error instanceof APITimeoutException) return true
  return error instanceof APIException && PASSING.has(error.statusCode)
}
