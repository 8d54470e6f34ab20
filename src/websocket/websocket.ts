import { on } from 'node:events'
import type { Duplex } from 'node:stream'
import { types } from 'node:util'
import { CloseEvent, ErrorEvent, MessageEvent } from '#undici'
import { onAbort } from '../common/abort.ts'
import { isError } from '../common/is-error.ts'
import { APIConnectionException, APITimeoutException } from '../errors/exceptions.ts'
import type { APIRequest } from '../request/request.ts'
import type { APIResponse } from '../request/response.ts'
import type { APIAnswer } from '../request/transaction.ts'
import { type CloseStatus, Connection } from './connection.ts'
import { WebSocketEventTarget } from './event-target.ts'
import { OPCODE } from './frames.ts'
import { MessageAssembler, type MessageReceiver } from './messages.ts'

// How many messages an iterator buffers before it pauses the server, and at how many it resumes.
const WATER_MARKS = { highWaterMark: 64, lowWaterMark: 16 }
// Close codes that are no failure: normal, going away, none given.
const NORMAL_CLOSE_CODES: ReadonlySet<number> = new Set([1000, 1001, 1005])
// How long to wait for the server to close first.
const LINGER_TIMEOUT_MS = 5000
const NO_BYTES = Buffer.alloc(0)
const DISCARD: MessageReceiver = { onBegin: () => {}, onPart: () => {}, onEnd: () => {} }

/**
 * A websocket with the members of the standard `WebSocket`, and backpressure in both directions.
 *
 * It is open, and paused until a listener for messages is added or it is iterated over, so that no message is lost. Text
 * is a string; binary data is of `binaryType`, or from the iterator a `Buffer`.
 *
 * @example
 * const socket = await api.events.websocket({ query: { type: 'lifecycle' } })
 * for await (const message of socket) console.log(JSON.parse(String(message)))
 */
export class APIWebSocket extends WebSocketEventTarget implements AsyncIterable<string | Buffer> {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSING = 2
  readonly CLOSED = 3
  /** The transaction that opened it. */
  readonly request: APIRequest
  /** The server's answer when it was opened. */
  readonly response: APIResponse
  /** Resolves when it is closed for any reason; never rejects. */
  readonly closed: Promise<void>
  /** The type of binary messages for listeners. */
  binaryType: 'arraybuffer' | 'blob' = 'arraybuffer'
  readonly #connection: Connection
  #receiver: MessageReceiver | undefined
  #isClosedLocally = false
  #failure: unknown
  #lingersOnClose = false
  #awaitsCloseFrame = false
  #isClosedByOther = false
  #isLingering = false
  #hasText = false

  /** @internal Websockets come from `path.websocket()`. */
  constructor({ request, response }: APIAnswer, duplex: Duplex) {
    super(type => {
      if (type === 'message' && this.#receiver === undefined) this.resume()
    })
    this.request = request
    this.response = response
    this.#connection = new Connection(duplex, {
      onBegin: isText => this.#begin(isText),
      onPart: part => this.#receiver?.onPart(part),
      onEnd: () => this.#receiver?.onEnd(),
    })
    const removeAbortListener = onAbort(request.signals, reason => this.terminate(reason))
    this.closed = this.#connection.closed.then(status => {
      removeAbortListener()
      this.#finish(status)
    })
  }

  /** The URL; it may contain a secret, as those of operations do. */
  get url(): string {
    return this.request.url.replace(/^http(s?):/, 'ws$1:')
  }

  /** Always empty: the servers have no subprotocols. */
  get protocol(): string {
    return ''
  }

  /** Always empty: no extension is requested. */
  get extensions(): string {
    return ''
  }

  /** `OPEN`, `CLOSING` or `CLOSED`. */
  get readyState(): number {
    if (this.#connection.isClosed) return this.CLOSED
    return this.#connection.isClosing ? this.CLOSING : this.OPEN
  }

  /** Bytes that are queued and not yet passed to the kernel. */
  get bufferedAmount(): number {
    return this.#connection.bufferedAmount
  }

  /** Why it failed, an exception or the reason of the signal; `undefined` after a normal close. */
  get failure(): unknown {
    return this.#failure
  }

  /** Whether `close()` or `terminate()` was called, or the signal aborted. */
  get isClosedLocally(): boolean {
    return this.#isClosedLocally
  }

  /** @internal Whether closing waits for the server; see {@link lingerOnClose}. */
  get lingersOnClose(): boolean {
    return this.#lingersOnClose
  }

  /** Pauses receiving, apart from messages that have already arrived, so that the server has to wait. */
  pause(): this {
    this.#connection.pause()
    return this
  }

  /** Resumes receiving. */
  resume(): this {
    this.#receiver ??= new MessageAssembler(message => this.#dispatchMessage(message))
    this.#connection.resume()
    return this
  }

  /**
   * Sends a message; resolves when the next one may be sent, or when the websocket is closed.
   *
   * @throws {TypeError} the data is neither text nor bytes; of a `Blob`, send its `arrayBuffer()`
   */
  send(data: string | ArrayBufferLike | ArrayBufferView): Promise<void> {
    if (typeof data === 'string') return this.#connection.send(OPCODE.text, Buffer.from(data))
    return this.#connection.send(OPCODE.binary, bytesOf(data))
  }

  /** Sends a ping. */
  ping(): void {
    void this.#connection.send(OPCODE.ping, NO_BYTES)
  }

  /**
   * Closes it with a close frame; if the server does not close it too, the connection is destroyed after a second.
   *
   * @throws {TypeError} the code is neither 1000 nor 3000 to 4999, or the reason exceeds 123 bytes
   */
  close(code?: number, reason?: string): void {
    const status = closeStatus(code, reason)
    this.#isClosedLocally = true
    if (this.#isClosedByOther) return
    if (this.#mustLinger) this.#linger()
    else this.#connection.close(status)
    // The server's close frame follows the unread messages.
    this.resume()
  }

  /** Closes it and stops receiving; what was sent is flushed for up to a second. A reason becomes its {@link failure}. */
  terminate(reason?: unknown): void {
    this.#isClosedLocally = true
    this.#failure ??= reason
    if (this.#isClosedByOther) return
    if (this.#mustLinger || this.#awaitsCloseFrame) this.#receiver = DISCARD
    if (this.#mustLinger) this.#linger()
    else if (this.#awaitsCloseFrame) this.#awaitClose()
    else this.#connection.terminate()
  }

  /** @internal Terminates it once another websocket is closed, and not before, whoever closes it. */
  terminateAfter({ closed }: APIWebSocket): void {
    this.#isClosedByOther = true
    void closed.then(() => {
      this.#isClosedByOther = false
      this.terminate()
    })
  }

  /**
   * @internal Leaves pings unanswered, which the servers don't mind: on a websocket that only they write to, a pong would
   * lose what they wrote before they closed it.
   */
  ignorePings(): void {
    this.#connection.ignorePings()
  }

  /** @internal From now on {@link terminate} also waits up to a second for the server's close frame. */
  awaitCloseFrame(): void {
    this.#awaitsCloseFrame = true
  }

  /**
   * @internal From now on, closing it first waits up to 5 s for the server's end, which is any text message. Until then
   * messages are received after {@link close}, and discarded after {@link terminate}.
   */
  lingerOnClose(): void {
    this.#lingersOnClose = true
  }

  /** Terminates it with {@link APITimeoutException} when nothing arrives for so many seconds, even though it pings. */
  terminateWhenIdle(seconds: number): void {
    const check = this.#connection.createLivenessCheck(() => this.ping())
    this.#terminateUnless(check, seconds, `The server was silent for ${seconds} s`)
  }

  /**
   * @internal Terminates it with {@link APITimeoutException} when nothing arrives for so many seconds in which it was not
   * paused, without pinging.
   */
  terminateWhenStalled(seconds: number, error: string): void {
    const check = this.#connection.createLivenessCheck(() => {})
    this.#terminateUnless(check, seconds, error)
  }

  /**
   * @internal Passes the chunks of messages to a receiver without joining them. Listeners for messages are no longer called.
   */
  receive(receiver: MessageReceiver): void {
    this.#receiver = receiver
    this.resume()
  }

  /**
   * Iterates over the messages; leaving the loop terminates the websocket.
   *
   * @throws its {@link failure}, such as {@link APIConnectionException} when the connection is lost
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<string | Buffer, void, undefined> {
    try {
      if (this.readyState !== this.CLOSED) yield* this.#messages()
      if (this.#failure !== undefined) throw this.#failure
    } finally {
      this.terminate()
    }
  }

  #terminateUnless(isAlive: () => boolean, seconds: number, error: string): void {
    const timer = setInterval(() => {
      if (isAlive()) return
      this.terminate(new APITimeoutException({ request: this.request, error }))
      this.#connection.destroy()
    }, seconds * 500)
    timer.unref()
    void this.closed.then(() => clearInterval(timer))
  }

  get #mustLinger(): boolean {
    return this.#lingersOnClose && !this.#hasText && !this.#connection.isClosing
  }

  #awaitClose(): void {
    this.#connection.close(NO_BYTES)
    this.#connection.resume()
  }

  #linger(): void {
    this.#connection.resume()
    if (this.#isLingering) return
    this.#isLingering = true
    const timer = setTimeout(() => this.#connection.terminate(), LINGER_TIMEOUT_MS)
    void this.closed.then(() => clearTimeout(timer))
  }

  #begin(isText: boolean): void {
    this.#hasText ||= isText
    this.#receiver?.onBegin(isText)
    if (isText && this.#isLingering) this.#connection.terminate()
  }

  async *#messages(): AsyncGenerator<string | Buffer, void, undefined> {
    for await (const [{ data }] of on(this, 'message', { close: ['close'], ...WATER_MARKS })) {
      yield typeof data === 'string'
        ? data
        : Buffer.from(data instanceof Blob ? await data.arrayBuffer() : data)
    }
  }

  #dispatchMessage(message: string | Buffer): void {
    const data = typeof message === 'string' ? message : this.#asBinaryType(message)
    this.dispatchEvent(new MessageEvent('message', { data, origin: this.request.origin }))
  }

  #asBinaryType(message: Buffer): ArrayBuffer | Blob {
    const bytes = Uint8Array.from(message)
    return this.binaryType === 'blob' ? new Blob([bytes]) : bytes.buffer
  }

  #finish({ code, reason, error, wasClean }: CloseStatus): void {
    if (!this.#isClosedLocally && !NORMAL_CLOSE_CODES.has(code))
      this.#failure ??= new APIConnectionException(this.request, error ?? closeError(code, reason))
    if (this.#failure !== undefined) {
      const { message } = isError(this.#failure) ? this.#failure : new Error(String(this.#failure))
      this.dispatchEvent(new ErrorEvent('error', { error: this.#failure, message }))
    }
    this.dispatchEvent(new CloseEvent('close', { code, reason, wasClean }))
  }
}

function closeError(code: number, reason: string): Error {
  return new Error(`The server closed the websocket: ${reason === '' ? `code ${code}` : reason}`)
}

function bytesOf(data: unknown): Uint8Array {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  if (types.isAnyArrayBuffer(data)) return new Uint8Array(data)
  throw new TypeError('send() takes text, an ArrayBuffer or a view of one')
}

// The limits of the WebSocket standard.
function closeStatus(code: number | undefined, reason = ''): Buffer {
  if (code === undefined && reason === '') return NO_BYTES
  const sent = code ?? 1000
  if (sent !== 1000 && !(Number.isInteger(sent) && sent >= 3000 && sent <= 4999))
    throw new TypeError(`close(): the code must be 1000 or 3000 to 4999, not ${sent}`)
  const text = Buffer.from(reason)
  if (text.length > 123) throw new TypeError('close(): the reason must have at most 123 bytes')
  return Buffer.concat([Buffer.from([sent >> 8, sent & 0xff]), text])
}
