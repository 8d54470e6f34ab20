import { Duplex } from 'node:stream'
import { types } from 'node:util'
import { isRecord } from '../../common/is-record.ts'
import { MAX_TERMINAL_SIZE, type TerminalSize } from './options.ts'

// `Uint8Array<ArrayBuffer>`, which TypeScript 5.6 does not know: a platform's `send()` takes no shared memory.
type Bytes = ReturnType<typeof Uint8Array.from>

/** A WebSocket as the package `ws` and the platforms have it: what `bridgeTerminal()` needs of it. */
export interface TerminalSocket {
  binaryType: string
  readonly readyState: number
  readonly bufferedAmount: number
  /** Only `ws` calls the callback. */
  send(data: Bytes, callback?: (error?: Error) => void): void
  /** Closes it with a code and a reason of at most 123 bytes. */
  close(code?: number, reason?: string): void
  addEventListener(
    type: 'open' | 'message' | 'close' | 'error',
    listener: (event: { readonly type: string; readonly data?: unknown }) => void,
  ): void
  /** Only `ws` has it. */
  pause?(): void
  /** Only `ws` has it. */
  resume?(): void
}

// The bytes buffered in either direction: beyond that, whoever writes has to wait.
const HIGH_WATER_MARK = 128 * 1024
// The bytes that a browser may send ahead of what is read where its socket can't be paused: more than anybody pastes.
const MAX_INPUT = 1024 * 1024
// Where a socket does not tell when it has sent something.
const POLL_INTERVAL_MS = 50
const [OPEN, CLOSING] = [1, 2]

/** The browser's end of a bridged terminal as a stream: what is typed, and what is shown. */
export class BrowserStream extends Duplex {
  /** Resolves when the socket is closed. */
  readonly socketClosed: Promise<void>
  readonly #socket: TerminalSocket
  readonly #opened: Promise<void>
  #size: TerminalSize | undefined
  #isClosing = false

  constructor(socket: TerminalSocket) {
    super({ highWaterMark: HIGH_WATER_MARK })
    this.#socket = socket
    // Without this, a platform's socket has blobs, and `ws` throws for lack of a listener for its errors.
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('error', () => {})
    socket.addEventListener('message', ({ data }) => this.#receive(data))
    this.#opened = new Promise(resolve => {
      if (socket.readyState >= OPEN) resolve()
      else socket.addEventListener('open', () => resolve())
    })
    this.socketClosed = new Promise(resolve => {
      if (socket.readyState > CLOSING) resolve()
      else socket.addEventListener('close', () => resolve())
    })
    void this.socketClosed.then(() => this.destroy())
  }

  /** The size that the browser has told last; `'resize'` is emitted with each. */
  get size(): TerminalSize | undefined {
    return this.#size
  }

  /** Closes the socket once all is sent; what still comes from it is dropped. */
  close(code: number, reason: string): void {
    this.#isClosing = true
    try {
      this.#socket.close(code, reason)
    } catch {
      // A platform's socket refuses the codes below 3000.
      this.#socket.close(code + 3000, reason)
    }
    // Its answer comes after the messages that were held back.
    this.#socket.resume?.()
  }

  override _read(): void {
    this.#socket.resume?.()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    // Safe cast: what Node.js receives is in no shared memory.
    this.#opened.then(() => this.#send(chunk as Bytes)).then(() => callback(), callback)
  }

  /** Sends a chunk; resolves when there is room for the next one, or the socket is closed. */
  #send(chunk: Bytes): Promise<void> {
    return new Promise(resolve => {
      let timer: NodeJS.Timeout | undefined
      const finish = (): void => {
        clearInterval(timer)
        resolve()
      }
      this.#socket.send(chunk, finish)
      if (this.#canSend) return finish()
      timer = setInterval(() => {
        if (this.#canSend) finish()
      }, POLL_INTERVAL_MS)
    })
  }

  get #canSend(): boolean {
    return this.#socket.bufferedAmount < HIGH_WATER_MARK || this.#socket.readyState !== OPEN
  }

  #receive(data: unknown): void {
    if (this.#isClosing || this.destroyed) return
    const resize = resizeIn(data)
    if (resize !== undefined) this.#resize(resize)
    else if (!this.push(bytesOf(data))) this.#holdBack()
  }

  // What is no size is ignored, since it comes from anybody's browser.
  #resize({ columns, rows }: Readonly<Record<string, unknown>>): void {
    if (!isLength(columns) || !isLength(rows)) return
    this.#size = { columns, rows }
    this.emit('resize', this.#size)
  }

  #holdBack(): void {
    if (this.#socket.pause !== undefined) this.#socket.pause()
    else if (this.readableLength > MAX_INPUT) {
      this.close(1009, 'too much input')
      this.destroy()
    }
  }
}

/** What `{"resize":{"columns":80,"rows":24}}` says; `undefined` for anything else, which is what was typed. */
function resizeIn(data: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof data !== 'string' || !data.startsWith('{"resize":')) return undefined
  try {
    const { resize } = JSON.parse(data)
    return isRecord(resize) ? resize : undefined
  } catch {
    return undefined
  }
}

function isLength(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) <= MAX_TERMINAL_SIZE
}

function bytesOf(data: unknown): Uint8Array {
  if (types.isArrayBuffer(data)) return new Uint8Array(data)
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return Buffer.from(String(data))
}
