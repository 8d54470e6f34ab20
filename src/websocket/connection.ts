import type { Duplex } from 'node:stream'
import { encodeFrame, FrameReader, OPCODE, WebSocketProtocolError } from './frames.ts'
import { decodeText, type MessageReceiver } from './messages.ts'

/** How a websocket ended. */
export interface CloseStatus {
  /** The code in the server's close frame; 1005 where it had none, 1006 where there was no such frame. */
  readonly code: number
  readonly reason: string
  /** Whether both sides sent a close frame. */
  readonly wasClean: boolean
  /** What broke the connection, or the protocol. */
  readonly error: Error | undefined
}

// Milliseconds a server has to take what was sent last, and to close its end.
const CLOSE_TIMEOUT_MS = 1000
// More than most commands take.
const PONG_DELAY_MS = 5000
const NO_BYTES = Buffer.alloc(0)

/**
 * The frames of RFC 6455 on a connection that the server has upgraded.
 *
 * It is paused at first. Pings are answered some seconds later, once nothing more has arrived behind them: the servers ping as
 * soon as a command starts, and the answer to a server that has written its output and left breaks the connection, by
 * which Node.js loses what is unread of that output.
 */
export class Connection {
  /** Resolves when the connection is closed, whichever way. */
  readonly closed: Promise<CloseStatus>
  readonly #duplex: Duplex
  readonly #frames: FrameReader
  #received: { readonly code: number; readonly reason: string } | undefined
  #hasSentClose = false
  #isTerminated = false
  #error: Error | undefined
  #closeTimer: NodeJS.Timeout | undefined
  #chunks = 0
  #isReading = false
  #isPaused = true
  #unansweredPing: Buffer | undefined
  #pongTimer: NodeJS.Timeout | undefined
  #drain: Promise<void> | undefined

  constructor(duplex: Duplex, receiver: MessageReceiver) {
    this.#duplex = duplex
    this.#frames = new FrameReader({
      ...receiver,
      onControl: (code, payload) => this.#control(code, payload),
    })
    this.closed = new Promise(resolve => {
      duplex.on('close', () => {
        clearTimeout(this.#closeTimer)
        clearTimeout(this.#pongTimer)
        resolve(this.#status())
      })
    })
    duplex.on('error', error => {
      this.#error ??= error
    })
  }

  get isClosing(): boolean {
    return this.#hasSentClose || this.#received !== undefined
  }

  get isClosed(): boolean {
    return this.#duplex.destroyed
  }

  get bufferedAmount(): number {
    return this.#duplex.writableLength
  }

  pause(): void {
    // Behind the last frame there is nothing but the end of the connection.
    if (this.#received !== undefined || this.#isTerminated) return
    this.#isPaused = true
    this.#duplex.pause()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    if (!this.#isReading) this.#duplex.on('data', chunk => this.#read(chunk))
    this.#isReading = true
    this.#duplex.resume()
    if (this.#unansweredPing !== undefined) this.#answerLater()
  }

  /** Sends a frame; resolves when there is room for the next one, or nobody to send it to. */
  async send(opcode: number, payload: Uint8Array): Promise<void> {
    if (this.#hasSentClose || !this.#duplex.writable) return
    if (!this.#duplex.write(encodeFrame(opcode, payload))) await this.#waitForDrain()
  }

  /** Sends a close frame; a server that does not close its end too is left after a second. */
  close(status: Buffer): void {
    void this.send(OPCODE.close, status)
    this.#hasSentClose = true
    this.#closeTimer ??= setTimeout(() => this.destroy(), CLOSE_TIMEOUT_MS)
  }

  /** Ends the connection once what was sent has gone out, and passes over all that comes. */
  terminate(): void {
    this.#isTerminated = true
    this.close(NO_BYTES)
    if (this.#duplex.writableFinished) this.destroy()
    else this.#duplex.end(() => this.destroy())
  }

  destroy(): void {
    this.#duplex.destroy()
  }

  /**
   * Returns a function to call from time to time: where nothing came since the last time it asks for something, and where
   * nothing came upon that it returns false.
   */
  createLivenessCheck(ask: () => void): () => boolean {
    let seen = -1
    let hasAsked = false
    return () => {
      const isAlive = this.#isPaused || this.#chunks !== seen
      if (!isAlive && hasAsked) return false
      if (!isAlive) ask()
      hasAsked = !isAlive
      seen = this.#chunks
      return true
    }
  }

  #read(chunk: Buffer): void {
    this.#chunks += 1
    if (this.#received !== undefined || this.#isTerminated) return
    try {
      this.#frames.read(chunk)
    } catch (error) {
      this.#fail(error)
    }
  }

  // What is no error of the protocol was thrown by whoever receives the messages.
  #fail(error: unknown): void {
    this.#error ??= error as Error
    const code = error instanceof WebSocketProtocolError ? error.closeCode : 1011
    this.close(Buffer.from([code >> 8, code & 0xff]))
    this.terminate()
  }

  #control(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.ping) this.#receivePing(payload)
    if (opcode === OPCODE.close) this.#receiveClose(payload)
  }

  #receiveClose(payload: Buffer): void {
    if (payload.length === 1) throw new WebSocketProtocolError('a close frame has half a code')
    const code = payload.length === 0 ? 1005 : payload.readUInt16BE(0)
    this.#received = { code, reason: decodeText(payload.subarray(2)) }
    this.close(payload.subarray(0, 2))
    this.#duplex.end()
    this.resume()
  }

  // Of several pings, only the last has to be answered.
  #receivePing(payload: Buffer): void {
    this.#unansweredPing = payload
    this.#answerLater()
  }

  #answerLater(): void {
    this.#pongTimer ??= setTimeout(() => this.#answerWhenQuiet(), PONG_DELAY_MS).unref()
  }

  #answerWhenQuiet(): void {
    this.#pongTimer = undefined
    const chunks = this.#chunks
    setImmediate(() => {
      // While it is paused, nobody knows what has arrived.
      if (this.#isPaused) return
      if (this.#chunks !== chunks) return this.#answerWhenQuiet()
      const payload = this.#unansweredPing
      this.#unansweredPing = undefined
      if (payload !== undefined && this.#received === undefined) void this.send(OPCODE.pong, payload)
    })
  }

  #waitForDrain(): Promise<void> {
    this.#drain ??= new Promise(resolve => {
      const done = (): void => {
        this.#drain = undefined
        this.#duplex.off('drain', done).off('close', done)
        resolve()
      }
      this.#duplex.on('drain', done).on('close', done)
    })
    return this.#drain
  }

  #status(): CloseStatus {
    const { code, reason } = this.#received ?? { code: 1006, reason: '' }
    const error =
      this.#received === undefined ? (this.#error ?? new Error('The connection was lost')) : undefined
    return { code, reason, wasClean: this.#received !== undefined && this.#hasSentClose, error }
  }
}
