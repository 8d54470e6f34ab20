import { on } from 'node:events'
import type { Socket } from 'node:net'
import { type CloseEvent, type ErrorEvent, type MessageEvent, ping, WebSocket } from 'undici'
import { APIConnectionException, APITimeoutException } from './exceptions.ts'
import { type FrameListener, FrameReader } from './frame-reader.ts'
import type { Handshake } from './handshake.ts'
import type { APIRequest } from './request.ts'
import type { APIResponse } from './result.ts'
import type { Transport } from './transport.ts'

// Messages that an iterator keeps before it makes the server wait, and those at which it goes on.
const WATER_MARKS = { highWaterMark: 64, lowWaterMark: 16 }
// Milliseconds a server has to take what was sent last, and to answer a farewell.
const FAREWELL = 1000
// Close codes that tell of no failure: normal, going away, none given.
const IN_ORDER: ReadonlySet<number> = new Set([1000, 1001, 1005])

interface Happenings {
  readonly open: Event
  readonly message: MessageEvent
  readonly error: ErrorEvent
  readonly close: CloseEvent
}

// Without the type; of overloads, this is the last and widest.
type Listening = Parameters<WebSocket['addEventListener']> extends [string, ...infer Rest] ? Rest : never

/**
 * A websocket of the server: the standard `WebSocket`, with backpressure both ways.
 *
 * It is paused until somebody listens for messages or iterates, so nothing is lost meanwhile. Text comes as a string, all
 * else as an `ArrayBuffer`, or from the iterator as a `Buffer`.
 *
 * @example
 * const socket = await api.events.websocket({ query: { type: 'lifecycle' } })
 * for await (const message of socket) console.log(JSON.parse(String(message)))
 */
export class APIWebSocket extends WebSocket implements AsyncIterable<string | Buffer> {
  /** The transaction that opened it. */
  readonly request: APIRequest
  /** Resolves when it is closed, whichever way; never rejects. */
  readonly closed: Promise<void>
  readonly #handshake: Handshake
  #isPaused = true
  #isAwaited = true
  #isOurEnd = false
  #isLeft = false
  #failure: unknown
  #drain: Promise<void> | undefined

  /** @internal Websockets come from `path.websocket()`. */
  constructor(request: APIRequest, { httpOrigin, dispatcher }: Transport, handshake: Handshake) {
    const url = httpOrigin.replace(/^http/, 'ws') + request.path
    super(url, { dispatcher: dispatcher.compose(handshake.intercept), headers: request.headers })
    this.request = request
    this.#handshake = handshake
    this.binaryType = 'arraybuffer'
    this.closed = new Promise(resolve => this.addEventListener('close', () => resolve()))
    this.addEventListener('open', () => this.#hold())
    this.addEventListener('close', ({ code, reason }) => this.#judge(code, reason))
    this.#obey(request.signal)
  }

  /** Why it ended, an exception or the reason of the signal; `undefined` where it was closed in order. */
  get failure(): unknown {
    return this.#failure
  }

  /** Was it this side that ended it? */
  get isEndedHere(): boolean {
    return this.#isOurEnd
  }

  /** What the server answered when it was opened. */
  get response(): APIResponse {
    // True: nobody gets hold of a websocket that was not opened.
    return this.#handshake.answer?.response as APIResponse
  }

  /** Stops the messages, apart from the few that have already arrived; the server has to wait. */
  pause(): this {
    this.#isPaused = true
    this.#socket?.pause()
    return this
  }

  /** Lets the messages come again. */
  resume(): this {
    this.#isPaused = false
    this.#socket?.resume()
    return this
  }

  /** Sends a message; what it returns resolves as soon as there is room for the next one, or nobody to send it to. */
  override send(data: string | ArrayBufferLike | Blob | ArrayBufferView): Promise<void> {
    super.send(data)
    return this.#socket?.writableNeedDrain ? this.#waitForRoom(this.#socket) : Promise.resolve()
  }

  /** Says goodbye to the server; a server that does not answer in kind is left after a second. */
  override close(code?: number, reason?: string): void {
    this.#isOurEnd = true
    super.close(code, reason)
    // What it says goodbye with comes behind all that has not been read.
    this.resume()
    this.#leave()
  }

  /** Ends it at once; what was sent before still goes out, to a server that takes it within a second. With a reason, that is its {@link failure}. */
  terminate(reason?: unknown): void {
    this.#isOurEnd = true
    this.#failure ??= reason
    super.close()
    this.#socket?.destroySoon()
    this.#leave()
  }

  /** Ends it with {@link APITimeoutException} when nothing came from the server for so many seconds, though asked for. */
  endIfSilent(seconds: number): void {
    const silence = { bytes: -1, isAsked: false }
    const timer = setInterval(() => this.#listenForLife(silence, seconds), seconds * 500)
    timer.unref()
    void this.closed.then(() => clearInterval(timer))
  }

  /**
   * Has what comes read as a stream of data, past undici's messages, which are put together and copied; returns whether
   * that can be, as it can't once somebody has listened.
   *
   * Pings go unanswered: a server that closed its end before it got the answer would break the connection by it, and
   * what it sent before would be lost here.
   */
  divert(listener: FrameListener): boolean {
    const socket = this.#socket
    if (socket === undefined || !this.#isAwaited || this.extensions !== '') return false
    this.#isAwaited = false
    const frames = new FrameReader(listener)
    socket.removeAllListeners('data').on('data', chunk => frames.read(chunk))
    this.resume()
    return true
  }

  override addEventListener<Type extends keyof Happenings>(
    type: Type,
    listener: (event: Happenings[Type]) => void,
    options?: Listening[1],
  ): void
  override addEventListener(type: string, ...listening: Listening): void
  override addEventListener(type: string, ...listening: Listening): void {
    super.addEventListener(type, ...listening)
    if (type === 'message' && this.#isAwaited) {
      this.#isAwaited = false
      this.resume()
    }
  }

  /** The messages; leaving the loop ends the websocket, and a connection that is lost throws. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string | Buffer, void, undefined> {
    try {
      if (this.readyState !== WebSocket.CLOSED) yield* this.#messages()
      if (this.#failure !== undefined) throw this.#failure
    } finally {
      this.terminate()
    }
  }

  async *#messages(): AsyncGenerator<string | Buffer, void, undefined> {
    for await (const [{ data }] of on(this, 'message', { close: ['close'], ...WATER_MARKS })) {
      yield typeof data === 'string' ? data : Buffer.from(data)
    }
  }

  get #socket(): Socket | undefined {
    return this.#handshake.socket
  }

  // undici resumes the socket whenever its parser has caught up, whoever paused it.
  #hold(): void {
    this.#socket?.on('resume', () => {
      if (this.#isPaused) this.#socket?.pause()
    })
    if (this.#isPaused) this.#socket?.pause()
  }

  #leave(): void {
    if (this.#isLeft || this.readyState === WebSocket.CLOSED) return
    this.#isLeft = true
    const timer = setTimeout(() => this.#socket?.destroy(), FAREWELL)
    void this.closed.then(() => clearTimeout(timer))
  }

  #waitForRoom(socket: Socket): Promise<void> {
    this.#drain ??= new Promise(resolve => {
      const done = (): void => {
        this.#drain = undefined
        socket.off('drain', done).off('close', done)
        resolve()
      }
      socket.on('drain', done).on('close', done)
    })
    return this.#drain
  }

  #obey(signal: AbortSignal | undefined): void {
    const abort = (): void => this.terminate(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    void this.closed.then(() => signal?.removeEventListener('abort', abort))
  }

  #judge(code: number, reason: string): void {
    // Why it was not even opened, the handshake knows.
    if (this.#isOurEnd || this.#socket === undefined || IN_ORDER.has(code)) return
    const words = reason === '' ? 'The connection was lost' : `The server closed the websocket: ${reason}`
    this.#failure ??= new APIConnectionException(this.request, new Error(words))
  }

  #listenForLife(silence: { bytes: number; isAsked: boolean }, seconds: number): void {
    const bytes = this.#socket?.bytesRead ?? 0
    if (this.#isPaused || bytes !== silence.bytes) {
      silence.bytes = bytes
      silence.isAsked = false
    } else if (silence.isAsked) {
      const error = `The server was silent for ${seconds} s`
      this.terminate(new APITimeoutException({ request: this.request, error }))
      this.#socket?.destroy()
    } else {
      silence.isAsked = true
      ping(this)
    }
  }
}
