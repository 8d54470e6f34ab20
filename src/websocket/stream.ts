import { Duplex } from 'node:stream'
import { silenceErrors } from '../common/ignore-errors.ts'
import type { APIWebSocket } from './websocket.ts'

/** Which ways data goes; both, unless said otherwise. */
export interface WebSocketStreamOptions {
  readonly readable?: boolean
  readonly writable?: boolean
}

// Bytes: of what waits on either side, and of a message at most.
const HIGH_WATER_MARK = 128 * 1024

/**
 * The data of a websocket as a Node stream, as LXD and Incus send it: binary messages are data, and any text is the end.
 *
 * The server has to wait while nobody reads, and a writer while the server doesn't. Ending the stream tells the server
 * that no more will come, and destroying it ends the websocket. Where data goes both ways, the end from the server also
 * closes the way there; what has arrived can still be read. An error that nobody listens to is silent: iterators and
 * pipelines are told, `pipe()` is not.
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
    silenceErrors(this)
    this.#socket = socket
    this.#isBothWays = readable && writable
    this.#isComplete = !readable
    socket.receive({
      onBegin: isText => this.#begin(isText),
      onPart: part => this.#receive(part),
      onEnd: () => {},
    })
    void socket.closed.then(() => this.#finish())
    // What little there is to read is taken at once, so that no socket stays open for want of a reader.
    if (readable) this.read(0)
  }

  /** @internal Receives so many bytes that nobody has read before the server has to wait. */
  raiseLimit(bytes: number): void {
    this.#limit = bytes
    this.#socket.resume()
  }

  /** @internal Ends the websocket; fails, unless all that there is to read has arrived. */
  fail(failure: unknown): void {
    this.#socket.terminate(failure)
    // Safe cast: streams keep whatever they are destroyed with as their error.
    if (!this.#isComplete) this.destroy(failure as Error)
  }

  /** @internal Fails where the rest of it does not come; see {@link APIWebSocket.endIfIdle}. */
  endIfIdle(seconds: number, error: string): void {
    if (!this.#isComplete) this.#socket.endIfIdle(seconds, error)
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    void this.#send(chunk).then(callback)
  }

  override _final(callback: () => void): void {
    // A terminal has no end, and a server that is told of one closes it; LXD 5.0 loses the rest of the output then.
    if (this.#socket.endsAfterServer) callback()
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
    // A server that sees one of its websockets end says of the others that they are complete.
    if (this.#isComplete || this.#socket.failure !== undefined) return
    this.#isComplete = true
    this.push(null)
    // The servers wait for this end of a terminal before they say how its command has ended.
    if (this.#isBothWays) this.#socket.terminate()
  }

  #finish(): void {
    const { failure } = this.#socket
    // What has arrived before the end can still be read; that it is the end, its reader finds out by itself.
    if (this.#isComplete && !this.readable) this.destroy()
    else if (!this.#isComplete && failure === undefined) this.#complete()
    // Safe cast: streams keep whatever they are destroyed with as their error.
    else if (!this.#isComplete) this.destroy(failure as Error)
  }
}
