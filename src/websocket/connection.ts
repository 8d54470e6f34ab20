import type { Duplex } from 'node:stream'
import { encodeFrame, FrameReader, OPCODE, WebSocketProtocolError } from './frames.ts'
import { decodeText, type MessageReceiver } from './messages.ts'

/** How a websocket was closed. */
export interface CloseStatus {
  /** The code in the server's close frame; 1005 if it had none, 1006 without a close frame. */
  readonly code: number
  readonly reason: string
  /** Whether both sides sent a close frame. */
  readonly wasClean: boolean
  /** The connection or protocol error; `undefined` after a close frame. */
  readonly error: Error | undefined
}

// How long a server may take to read what was sent last, and to close its end.
const CLOSE_TIMEOUT_MS = 1000
// Longer than most commands run.
const PONG_DELAY_MS = 5000
const NO_BYTES = Buffer.alloc(0)

/**
 * Sends and receives the frames of RFC 6455 on an upgraded connection, which is paused at first.
 *
 * Pongs are delayed by some seconds, until nothing more arrives: the servers ping as soon as a command starts, and a pong to
 * a server that has written its output and closed resets the connection, upon which Node.js loses the unread output.
 */
export class Connection {
  /** Resolves when the connection is closed for any reason; never rejects. */
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
  #answersPings = true
  #unansweredPing: Buffer | undefined
  #pongTimer: NodeJS.Timeout | undefined
  #drain: Promise<void> | undefined

  constructor(duplex: Duplex, receiver: MessageReceiver) {
    this.#duplex = duplex
    this.#frames = new FrameReader({
      ...receiver,
      onControl: (code, payload) => this.#receiveControl(code, payload),
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
    // After the close frame only the end of the connection follows, which must be read.
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
    if (this.#unansweredPing !== undefined) this.#schedulePong()
  }

  /** Sends a frame; resolves when the next one may be sent, or when the connection is closed. */
  async send(opcode: number, payload: Uint8Array): Promise<void> {
    if (this.#hasSentClose || !this.#duplex.writable) return
    if (!this.#duplex.write(encodeFrame(opcode, payload))) await this.#waitForDrain()
  }

  /** Sends a close frame; if the server does not close its end, destroys the connection after a second. */
  close(status: Buffer): void {
    void this.send(OPCODE.close, status)
    this.#hasSentClose = true
    this.#closeTimer ??= setTimeout(() => this.destroy(), CLOSE_TIMEOUT_MS)
  }

  /** Leaves pings unanswered from now on. */
  ignorePings(): void {
    this.#answersPings = false
  }

  /** Ends the connection once what was sent is flushed, and discards what arrives. */
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
   * Returns a function to call periodically. If nothing has arrived since the last call it pings, and if nothing has
   * arrived since that ping it returns `false`.
   */
  createLivenessCheck(ping: () => void): () => boolean {
    let seen = -1
    let hasPinged = false
    return () => {
      const isAlive = this.#isPaused || this.#chunks !== seen
      if (!isAlive && hasPinged) return false
      if (!isAlive) ping()
      hasPinged = !isAlive
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

  // 1011 (internal error): any other error was thrown by the receiver of the messages.
  #fail(error: unknown): void {
    this.#error ??= error as Error
    const code = error instanceof WebSocketProtocolError ? error.closeCode : 1011
    this.close(Buffer.from([code >> 8, code & 0xff]))
    this.terminate()
  }

  #receiveControl(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.ping) this.#receivePing(payload)
    if (opcode === OPCODE.close) this.#receiveClose(payload)
  }

  #receiveClose(payload: Buffer): void {
    if (payload.length === 1) throw new WebSocketProtocolError('a close frame has half a code')
    const code = payload.length === 0 ? 1005 : payload.readUInt16BE(0)
    this.#received = { code, reason: decodeText(payload.subarray(2)) }
    if (this.#hasSentClose)
      this.destroy() // Some servers leave the connection open: LXD and Incus those of consoles.
    else this.#answerClose(payload.subarray(0, 2))
  }

  #answerClose(status: Buffer): void {
    this.close(status)
    this.#duplex.end()
    this.resume()
  }

  // RFC 6455 allows answering only the last of several pings.
  #receivePing(payload: Buffer): void {
    if (!this.#answersPings) return
    this.#unansweredPing = payload
    this.#schedulePong()
  }

  #schedulePong(): void {
    this.#pongTimer ??= setTimeout(() => this.#pongWhenQuiet(), PONG_DELAY_MS).unref()
  }

  #pongWhenQuiet(): void {
    this.#pongTimer = undefined
    const chunks = this.#chunks
    setImmediate(() => {
      // While paused, unread data may have arrived.
      if (this.#isPaused) return
      if (this.#chunks !== chunks) return this.#pongWhenQuiet()
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
