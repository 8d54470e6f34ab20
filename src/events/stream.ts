import { setTimeout as pause } from 'node:timers/promises'
import { isRecord } from '../answer/envelope.ts'
import { onAbort } from '../common/abort.ts'
import { APIConnectionException, APIException, APITimeoutException } from '../errors/exceptions.ts'
import { isOperation, type OperationMemory } from '../operations/memory.ts'
import { printAs } from '../redact/print-as.ts'
import { redact } from '../redact/redact.ts'
import type { AnyEvent, Event } from '../rest.ts'
import type { APIWebSocket } from '../websocket/websocket.ts'

/** The connection was lost and has been reestablished; events in between are missing. */
export interface GapEvent {
  readonly type: 'gap'
  /** When it was reestablished, by the clock of this machine; RFC 3339. */
  readonly timestamp: string
  readonly metadata: {
    /** When it was lost; RFC 3339. */
    readonly since: string
    /** Why it was lost; `undefined` if the server closed it normally. */
    readonly reason: unknown
  }
}

/** An event of one of these types, or a gap. */
export type EventOf<Type> = GapEvent | OfType<Type, AnyEvent>

// The events whose type may be one of these.
type OfType<Type, Any> =
  Any extends Event<infer Types, infer Metadata>
    ? [Type & Types] extends [never]
      ? never
      : Event<Type & Types, Metadata>
    : never

/** How a stream receives its events. */
export interface EventStreamOptions {
  /** Subscribes; the signal also aborts the open websocket. */
  readonly connect: (signal: AbortSignal) => Promise<APIWebSocket>
  readonly memory: OperationMemory
  readonly signal: AbortSignal | undefined
  /** Seconds to retry to connect when the connection is lost. */
  readonly reconnectTimeout: number
}

// How many events are buffered before the server is paused, and at how many it is resumed.
const MAX_BUFFERED_EVENTS = 1024
const RESUME_BUFFERED_EVENTS = 256
const MIN_RETRY_DELAY_MS = 50
const MAX_RETRY_DELAY_MS = 2000
// The answers of a proxy whose server is down, and of a server that is starting.
const TRANSIENT_STATUS_CODES: ReadonlySet<unknown> = new Set([502, 503, 504])

/** The events of a server as they arrive; see {@link events}. */
export class EventStream<Type> implements AsyncIterableIterator<EventOf<Type>, undefined, undefined> {
  readonly #options: EventStreamOptions
  readonly #controller = new AbortController()
  readonly #removeAbortListener: (() => void) | undefined
  readonly #buffer: EventOf<Type>[] = []
  #pendingReads: (() => void)[] = []
  #connection: Promise<unknown>
  #socket: APIWebSocket | undefined
  #failure: unknown

  /** @internal Use `events()`. */
  constructor(options: EventStreamOptions) {
    this.#options = options
    this.#removeAbortListener = onAbort(options.signal && [options.signal], reason => this.#end(reason))
    this.#connection = this.#connect()
  }

  /** @internal Resolves when the server has subscribed the stream. */
  async subscribed(): Promise<this> {
    try {
      await this.#connection
    } catch (error) {
      this.#end(error)
      throw error
    }
    return this
  }

  async next(): Promise<IteratorResult<EventOf<Type>, undefined>> {
    while (this.#buffer.length === 0 && !this.#isEnded) {
      await new Promise<void>(resolve => this.#pendingReads.push(resolve))
    }
    const event = this.#buffer.shift()
    if (event === undefined) return this.#finish()
    if (this.#buffer.length === RESUME_BUFFERED_EVENTS) this.#socket?.resume()
    return { done: false, value: event }
  }

  /** Ends the stream; resolves when the connection is closed. */
  async return(): Promise<IteratorResult<EventOf<Type>, undefined>> {
    this.#buffer.length = 0
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

  get #isEnded(): boolean {
    return this.#controller.signal.aborted
  }

  // Like any iterator, it throws only once.
  #finish(): IteratorResult<EventOf<Type>, undefined> {
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure
    return { done: true, value: undefined }
  }

  #end(failure: unknown): void {
    if (this.#isEnded) return
    this.#failure = failure
    this.#removeAbortListener?.()
    this.#controller.abort(failure)
    if (this.#options.signal?.aborted) this.#buffer.length = 0
    this.#resolveReads()
  }

  async #connect(): Promise<void> {
    const socket = await this.#options.connect(this.#controller.signal)
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#receive(socket, String(data)))
    void socket.closed.then(() => this.#handleClose(socket))
  }

  #receive(socket: APIWebSocket, message: string): void {
    try {
      // Safe cast: servers send nothing but events here; anything else than JSON throws.
      const event = JSON.parse(message) as EventOf<Type> & { readonly metadata: unknown }
      if (isOperation(event.metadata)) this.#options.memory.note(event.metadata, socket)
      this.#push(event)
    } catch {
      socket.terminate(new APIException({ request: socket.request, error: 'The event is not valid JSON' }))
    }
  }

  #push(event: EventOf<Type>): void {
    this.#buffer.push(redactWhenPrinted(event))
    if (this.#buffer.length >= MAX_BUFFERED_EVENTS) this.#socket?.pause()
    this.#resolveReads()
  }

  #resolveReads(): void {
    const pending = this.#pendingReads
    this.#pendingReads = []
    for (const resolve of pending) resolve()
  }

  #handleClose({ failure: reason, isClosedLocally }: APIWebSocket): void {
    // After API.close() it must not reconnect.
    if (isClosedLocally && reason === undefined) this.#end(undefined)
    if (!this.#isEnded) this.#connection = this.#reconnect(reason)
  }

  async #reconnect(reason: unknown): Promise<void> {
    const since = new Date().toISOString()
    try {
      await this.#connectWithRetry(performance.now() + this.#options.reconnectTimeout * 1000)
      this.#push({ type: 'gap', timestamp: new Date().toISOString(), metadata: { since, reason } })
    } catch (error) {
      this.#end(error)
    }
  }

  async #connectWithRetry(end: number): Promise<void> {
    for (let ms = MIN_RETRY_DELAY_MS; ; ms = Math.min(2 * ms, MAX_RETRY_DELAY_MS)) {
      try {
        this.#controller.signal.throwIfAborted()
        return await this.#connect()
      } catch (error) {
        if (!isTransient(error) || performance.now() + ms > end) throw error
      }
      await pause(ms, undefined, { signal: this.#controller.signal })
    }
  }
}

// Like results, events are redacted when printed, and so is their metadata, which scripts print alone.
function redactWhenPrinted<Printed extends { readonly metadata: unknown }>(event: Printed): Printed {
  const { metadata } = event
  if (isRecord(metadata)) printAs(metadata, one => redact({ ...one }))
  return isRecord(event) ? printAs(event, one => redact({ ...one })) : event
}

function isTransient(error: unknown): boolean {
  if (error instanceof APIConnectionException || error instanceof APITimeoutException) return true
  return error instanceof APIException && TRANSIENT_STATUS_CODES.has(error.statusCode)
}
