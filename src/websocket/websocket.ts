import { on } from 'node:events'
import type { Duplex } from 'node:stream'
import { CloseEvent, ErrorEvent, MessageEvent } from 'undici'
import { onAbort } from '../common/abort.ts'
import { APIConnectionException, APITimeoutException } from '../errors/exceptions.ts'
import type { APIRequest } from '../request/request.ts'
import type { APIResponse } from '../request/response.ts'
import type { APIAnswer } from '../request/transaction.ts'
import { type CloseStatus, Connection } from './connection.ts'
import { WebSocketEventTarget } from './event-target.ts'
import { OPCODE } from './frames.ts'
import { MessageAssembler, type MessageReceiver } from './messages.ts'

// Messages that an iterator keeps before it makes the server wait, and those at which it goes on.
const WATER_MARKS = { highWaterMark: 64, lowWaterMark: 16 }
// Close codes that tell of no failure: normal, going away, none given.
const NORMAL_CLOSE_CODES: ReadonlySet<number> = new Set([1000, 1001, 1005])
// How long a server may take to end a websocket that is to be ended after it.
const LINGER_MS = 5000
const NO_BYTES = Buffer.alloc(0)
const NOBODY: MessageReceiver = { onBegin: () => {}, onPart: () => {}, onEnd: () => {} }

/**
 * A websocket of the server: the members of the standard `WebSocket`, and backpressure both ways.
 *
 * It is open, and paused until somebody listens for messages or iterates, so nothing is lost meanwhile. Text comes as a
 * string, all else as `binaryType` says, or from the iterator as a `Buffer`.
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
  /** What the server answered when it was opened. */
  readonly response: APIResponse
  /** Resolves when it is closed, whichever way; never rejects. */
  readonly closed: Promise<void>
  /** What binary messages are given to listeners as. */
  binaryType: 'arraybuffer' | 'blob' = 'arraybuffer'
  readonly #connection: Connection
  #receiver: MessageReceiver | undefined
  #isEndedHere = false
  #failure: unknown
  #endsAfterServer = false
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
    const forgetSignal = onAbort(request.signals, reason => this.terminate(reason))
    this.closed = this.#connection.closed.then(status => {
      forgetSignal()
      this.#finish(status)
    })
  }

  /** The URL; it may hold a secret, as those of operations do. */
  get url(): string {
    return this.request.url.replace(/^http(s?):/, 'ws$1:')
  }

  /** Always empty: the servers know no subprotocols. */
  get protocol(): string {
    return ''
  }

  /** Always empty: no extension is asked for. */
  get extensions(): string {
    return ''
  }

  /** `OPEN`, `CLOSING` or `CLOSED`. */
  get readyState(): number {
    if (this.#connection.isClosed) return this.CLOSED
    return this.#connection.isClosing ? this.CLOSING : this.OPEN
  }

  /** Bytes that were sent and that the system has not taken yet. */
  get bufferedAmount(): number {
    return this.#connection.bufferedAmount
  }

  /** Why it ended, an exception or the reason of the signal; `undefined` where it was closed in order. */
  get failure(): unknown {
    return this.#failure
  }

  /** Whether this side ended it. */
  get isEndedHere(): boolean {
    return this.#isEndedHere
  }

  /** @internal Whether the server is to end it first; see {@link endAfterServer}. */
  get endsAfterServer(): boolean {
    return this.#endsAfterServer
  }

  /** Stops the messages, apart from the few that have already arrived; the server has to wait. */
  pause(): this {
    this.#connection.pause()
    return this
  }

  /** Lets the messages come again. */
  resume(): this {
    this.#receiver ??= new MessageAssembler(message => this.#dispatchMessage(message))
    this.#connection.resume()
    return this
  }

  /**
   * Sends a message; what it returns resolves as soon as there is room for the next one, or nobody to send it to.
   *
   * @throws {TypeError} on what is neither text nor bytes; of a `Blob`, send its `arrayBuffer()`
   */
  send(data: string | ArrayBufferLike | ArrayBufferView): Promise<void> {
    if (typeof data === 'string') return this.#connection.send(OPCODE.text, Buffer.from(data))
    return this.#connection.send(OPCODE.binary, bytesOf(data))
  }

  /** Sends a ping; a server answers it as soon as it can. */
  ping(): void {
    void this.#connection.send(OPCODE.ping, NO_BYTES)
  }

  /**
   * Closes it in order: the server is told, and left a second later if it does not close it too.
   *
   * @throws {TypeError} on a code other than 1000 and 3000 to 4999, or a reason of more than 123 bytes
   */
  close(code?: number, reason?: string): void {
    const status = closeStatus(code, reason)
    this.#isEndedHere = true
    if (this.#hasToLinger) this.#linger()
    else this.#connection.close(status)
    // The server's own close frame comes behind all that has not been read.
    this.resume()
  }

  /** Ends it at once; what was sent before still goes out, to a server that takes it within a second. With a reason, that is its {@link failure}. */
  terminate(reason?: unknown): void {
    this.#isEndedHere = true
    this.#failure ??= reason
    if (this.#hasToLinger) {
      this.#receiver = NOBODY
      this.#linger()
    } else this.#connection.terminate()
  }

  /**
   * @internal From now on, ending it lets the server end it first, which it does with any text; what comes until then is
   * received after {@link close}, and passed over after {@link terminate}. A server that does not is left after 5 s.
   */
  endAfterServer(): void {
    this.#endsAfterServer = true
  }

  /** Ends it with {@link APITimeoutException} when nothing came from the server for so many seconds, though asked for. */
  endIfSilent(seconds: number): void {
    const check = this.#connection.createLivenessCheck(() => this.ping())
    this.#endUnless(check, seconds, `The server was silent for ${seconds} s`)
  }

  /**
   * @internal Ends it with {@link APITimeoutException} when nothing came from the server for so many seconds, in which it did
   * not have to wait.
   */
  endIfIdle(seconds: number, error: string): void {
    const check = this.#connection.createLivenessCheck(() => {})
    this.#endUnless(check, seconds, error)
  }

  /**
   * @internal Gives the parts of messages to a receiver, as they come in and without joining them, instead of to listeners;
   * whoever has listened before is not told any more.
   */
  receive(receiver: MessageReceiver): void {
    this.#receiver = receiver
    this.resume()
  }

  /** The messages; leaving the loop ends the websocket, and a connection that is lost throws. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string | Buffer, void, undefined> {
    try {
      if (this.readyState !== this.CLOSED) yield* this.#messages()
      if (this.#failure !== undefined) throw this.#failure
    } finally {
      this.terminate()
    }
  }

  #endUnless(isAlive: () => boolean, seconds: number, error: string): void {
    const timer = setInterval(() => {
      if (isAlive()) return
      this.terminate(new APITimeoutException({ request: this.request, error }))
      this.#connection.destroy()
    }, seconds * 500)
    timer.unref()
    void this.closed.then(() => clearInterval(timer))
  }

  get #hasToLinger(): boolean {
    return this.#endsAfterServer && !this.#hasText && !this.#connection.isClosing
  }

  #linger(): void {
    this.#connection.resume()
    if (this.#isLingering) return
    this.#isLingering = true
    const timer = setTimeout(() => this.#connection.terminate(), LINGER_MS)
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
    if (!this.#isEndedHere && !NORMAL_CLOSE_CODES.has(code))
      this.#failure ??= new APIConnectionException(this.request, error ?? closeError(code, reason))
    if (this.#failure !== undefined) {
      const { message } = this.#failure instanceof Error ? this.#failure : new Error(String(this.#failure))
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
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return new Uint8Array(data)
  throw new TypeError('send() takes text, an ArrayBuffer or a view of one')
}

// As the standard has it.
function closeStatus(code: number | undefined, reason = ''): Buffer {
  if (code === undefined && reason === '') return NO_BYTES
  const sent = code ?? 1000
  if (sent !== 1000 && !(Number.isInteger(sent) && sent >= 3000 && sent <= 4999))
    throw new TypeError(`close(): the code must be 1000 or 3000 to 4999, not ${sent}`)
  const text = Buffer.from(reason)
  if (text.length > 123) throw new TypeError('close(): the reason must have at most 123 bytes')
  return Buffer.concat([Buffer.from([sent >> 8, sent & 0xff]), text])
}
