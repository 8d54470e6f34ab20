import { Duplex } from 'node:stream'
import { ignoreErrors } from '../common/ignore-errors.ts'
import type { APIWebSocket } from './websocket.ts'

/** The directions of a stream; both by default. */
export interface WebSocketStreamOptions {
  readonly readable?: boolean
  readonly writable?: boolean
}

// The bytes buffered in either direction, and the size of a message.
const HIGH_WATER_MARK = 128 * 1024

/**
 * A websocket as a Node.js stream in the format of LXD and Incus: binary messages are data, a text message is the end.
 *
 * There is backpressure in both directions. Ending the stream sends the end to the server, destroying it terminates the
 * websocket. In a duplex stream the end from the server also ends the writable side; what has arrived can still be read.
 * Unhandled `'error'` events are ignored: iterators and pipelines reject, `pipe()` does not.
 *
 * @example
 * const socket = await api.forUrl(operation).path('websocket').websocket({ query: { secret } })
 * await pipeline(new APIWebSocketStream(socket), createWriteStream('output'))
 */
export class APIWebSocketStream extends Duplex {
  readonly #socket: APIWebSocket
  readonly #isBothWays: boolean
  #isText = false
  #isComplete: boolean
  #limit = HIGH_WATER_MARK

  constructor(socket: APIWebSocket, { readable = true, writable = true }: WebSocketStreamOptions = {}) {
    const options = { readable, writable, allowHalfOpen: false, highWaterMark: HIGH_WATER_MARK }
    super(options)
    ignoreErrors(this)
    this.#socket = socket
    this.#isBothWays = readable && writable
    this.#isComplete = !readable
    if (!writable) socket.ignorePings()
    socket.receive({
      onBegin: isText => this.#begin(isText),
      onPart: part => this.#receive(part),
      onEnd: () => {},
    })
    void socket.closed.then(() => this.#finish())
    // Reads ahead, so that a websocket with little output closes even without a reader.
    if (readable) this.read(0)
  }

  /** @internal Sets how many unread bytes are buffered before the server is paused. */
  setBufferLimit(bytes: number): void {
    this.#limit = bytes
    this.#socket.resume()
  }

  /** @internal Terminates the websocket; destroys the stream unless all data has arrived. */
  fail(failure: unknown): void {
    this.#socket.terminate(failure)
    // Safe cast: streams accept any value as their error.
    if (!this.#isComplete) this.destroy(failure as Error)
  }

  /** @internal Destroys the stream if its remaining data does not arrive; see {@link APIWebSocket.terminateWhenStalled}. */
  terminateWhenStalled(seconds: number, error: string): void {
    if (!this.#isComplete) this.#socket.terminateWhenStalled(seconds, error)
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    void this.#send(chunk).then(callback)
  }

  override _final(callback: () => void): void {
    // The input of a terminal has no end: sent one, the server closes the terminal, and LXD 5.0 then loses output.
    if (this.#socket.lingersOnClose) callback()
    else void this.#socket.send('').then(callback)
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#socket.terminate(error ?? undefined)
    callback(error)
  }

  async #send(chunk: Buffer): Promise<void> {
    for (let start = 0; start < chunk.length; start += HIGH_WATER_MARK)
      await this.#socket.send(chunk.subarray(start, start + HIGH_WATER_MARK))
  }

  #begin(isText: boolean): void {
    this.#isText = isText
    if (isText) this.#complete()
  }

  #receive(part: Buffer): void {
    if (this.#isText || this.#isComplete) return
    if (!this.push(part) && this.readableLength >= this.#limit) this.#socket.pause()
  }

  #complete(): void {
    // When one websocket of a command fails, the server sends the end on the others.
    if (this.#isComplete || this.#socket.failure !== undefined) return
    this.#isComplete = true
    this.push(null)
    // The servers wait for the client to close a terminal before they report the exit status.
    if (this.#isBothWays) this.#socket.terminate()
  }

  #finish(): void {
    const { failure } = this.#socket
    // What has arrived can still be read, and its reader then sees the end.
    if (this.#isComplete && !this.readable) this.destroy()
    else if (!this.#isComplete && failure === undefined) this.#complete()
    // Safe cast: streams accept any value as their error.
    else if (!this.#isComplete) this.destroy(failure as Error)
  }
}
