import { setTimeout as pause } from 'node:timers/promises'
import { onAbort } from '../common/abort.ts'
import { isRecord } from '../common/is-record.ts'
import { APIConnectionException, APIException, APITimeoutException } from '../errors/exceptions.ts'
import { printAs } from '../redact/print-as.ts'
import { redact } from '../redact/redact.ts'
import type { APIWebSocket } from '../websocket/websocket.ts'
import { isOperation, type OperationMemory } from './memory.ts'

/** The connection was lost and is there again; events in between are missing. */
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
  /** Opens the connection; the signal also ends it later. */
  readonly connect: (signal: AbortSignal) => Promise<APIWebSocket>
  readonly memory: OperationMemory
  readonly signal: AbortSignal | undefined
  /** Seconds in which it tries to reconnect. */
  readonly reconnectTimeout: number
  /** Hears at once that the connection is lost, and why; the event of type `gap` comes when it is there again. */
  readonly onLost?: (reason: unknown) => void
}

// Backpressure: reading pauses at the first count of buffered events, and goes on at the second.
const HIGH_WATER_MARK = 1024
const LOW_WATER_MARK = 256
// The backoff between attempts to reconnect.
const FIRST_PAUSE_MS = 50
const MAX_PAUSE_MS = 2000
// Answers of a proxy whose server is down, and of a server that starts.
const TEMPORARY: ReadonlySet<unknown> = new Set([502, 503, 504])

/** The events of a server as they come in, over one connection after the other. */
export class ReconnectingStream<Event>
  implements AsyncIterableIterator<Event | GapEvent, undefined, undefined>
{
  readonly #feed: EventFeed
  readonly #over = new AbortController()
  readonly #removeAbortListener: (() => void) | undefined
  readonly #buffered: (Event | GapEvent)[] = []
  #waiting: (() => void)[] = []
  #connection: Promise<unknown>
  #socket: APIWebSocket | undefined
  #failure: unknown

  /** @internal Streams come from `events()`. */
  constructor(feed: EventFeed) {
    this.#feed = feed
    this.#removeAbortListener = onAbort(feed.signal && [feed.signal], reason => this.#end(reason))
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
    while (this.#buffered.length === 0 && !this.#isOver) {
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
    const event = this.#buffered.shift()
    if (event === undefined) return this.#takeEnd()
    if (this.#buffered.length === LOW_WATER_MARK) this.#socket?.resume()
    return { done: false, value: event }
  }

  /** Ends the stream; resolves when its connection is closed. */
  async return(): Promise<IteratorResult<Event | GapEvent, undefined>> {
    this.#buffered.length = 0
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

  // The failure is thrown once, as any iterator does.
  #takeEnd(): IteratorResult<Event | GapEvent, undefined> {
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure
    return { done: true, value: undefined }
  }

  #end(failure: unknown): void {
    if (this.#isOver) return
    this.#failure = failure
    this.#removeAbortListener?.()
    this.#over.abort(failure)
    if (this.#feed.signal?.aborted) this.#buffered.length = 0
    this.#wake()
  }

  async #connect(): Promise<void> {
    const socket = await this.#feed.connect(this.#over.signal)
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#receive(socket, String(data)))
    void socket.closed.then(() => this.#onClose(socket))
  }

  #receive(socket: APIWebSocket, message: string): void {
    try {
      // Safe cast: it is what servers send here; where it is not even JSON, it throws.
      const event = JSON.parse(message) as Event & { readonly metadata: unknown }
      if (isOperation(event.metadata)) this.#feed.memory.note(event.metadata, socket)
      this.#buffer(event)
    } catch {
      socket.terminate(new APIException({ request: socket.request, error: 'The event is not valid JSON' }))
    }
  }

  #buffer(event: (Event & { readonly metadata: unknown }) | GapEvent): void {
    this.#buffered.push(masked(event))
    if (this.#buffered.length >= HIGH_WATER_MARK) this.#socket?.pause()
    this.#wake()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  #onClose({ failure: reason, isClosedLocally }: APIWebSocket): void {
    // Whoever closed the API wants no new connection.
    if (isClosedLocally && reason === undefined) this.#end(undefined)
    if (this.#isOver) return
    this.#feed.onLost?.(reason)
    this.#connection = this.#reconnect(reason)
  }

  async #reconnect(reason: unknown): Promise<void> {
    const since = new Date().toISOString()
    try {
      await this.#retryConnecting(performance.now() + this.#feed.reconnectTimeout * 1000)
      this.#buffer({ type: 'gap', timestamp: new Date().toISOString(), metadata: { since, reason } })
    } catch (error) {
      this.#end(error)
    }
  }

  async #retryConnecting(end: number): Promise<void> {
    for (let ms = FIRST_PAUSE_MS; ; ms = Math.min(2 * ms, MAX_PAUSE_MS)) {
      try {
        this.#over.signal.throwIfAborted()
        return await this.#connect()
      } catch (error) {
        if (!isTemporary(error) || performance.now() + ms > end) throw error
      }
      await pause(ms, undefined, { signal: this.#over.signal })
    }
  }
}

// An event and its metadata are printed without secrets, as results are.
function masked<Event extends { readonly metadata: unknown }>(event: Event): Event {
  const { metadata } = event
  if (isRecord(metadata)) printAs(metadata, one => redact({ ...one }))
  return isRecord(event) ? printAs(event, one => redact({ ...one })) : event
}

function isTemporary(error: unknown): boolean {
  if (error instanceof APIConnectionException || error instanceof APITimeoutException) return true
  return error instanceof APIException && TEMPORARY.has(error.statusCode)
}
