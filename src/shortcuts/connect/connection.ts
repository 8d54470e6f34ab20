import { Duplex, type Readable, type Writable } from 'node:stream'
import { ignoreErrors } from '../../common/ignore-errors.ts'

/** What a connection consists of. */
export interface Channel {
  /** Takes what is sent to the port. */
  readonly input: Writable
  /** Gives what the port sends. */
  readonly output: Readable
  /** Resolves when all of the output has been read and the connection has ended well, rejects if it failed. */
  readonly ended: Promise<void>
  /** Ends it at once; resolves when nothing of it is left in the instance. */
  destroy(): Promise<void>
}

const HIGH_WATER_MARK = 128 * 1024

/**
 * A connection to a TCP port inside an instance; see {@link connect}.
 *
 * It is a `Duplex` with what clients call on a `net.Socket` besides. As with that, the end from the port also ends the
 * writable side, and destroying it ends the connection. Unhandled `'error'` events are ignored: iterators and pipelines
 * reject, `pipe()` does not.
 */
export class InstanceConnection extends Duplex {
  readonly #channel: Channel
  #timer: NodeJS.Timeout | undefined
  #timeout = 0

  /** @internal Connections come from `connect()`. */
  constructor(channel: Channel) {
    super({ allowHalfOpen: false, highWaterMark: HIGH_WATER_MARK })
    ignoreErrors(this)
    this.#channel = channel
    channel.output.on('data', chunk => {
      this.#touch()
      if (!this.push(chunk)) channel.output.pause()
    })
    channel.ended.then(
      () => this.push(null),
      error => this.destroy(error),
    )
  }

  /** For clients that connect the stream they are given, such as `pg`: emits `'connect'`, as it is connected already. */
  connect(..._target: readonly unknown[]): this {
    process.nextTick(() => this.emit('connect'))
    return this
  }

  /** Emits `'timeout'` when nothing was sent or received for so many milliseconds; 0 turns that off. */
  setTimeout(ms: number, listener?: () => void): this {
    this.#timeout = ms
    if (listener !== undefined && ms > 0) this.once('timeout', listener)
    this.#touch()
    return this
  }

  /** Does nothing; for clients that expect a `net.Socket`. */
  setNoDelay(): this {
    return this
  }

  /** Does nothing; for clients that expect a `net.Socket`. */
  setKeepAlive(): this {
    return this
  }

  /** Does nothing; for clients that expect a `net.Socket`. */
  ref(): this {
    return this
  }

  /** Does nothing: an open connection keeps the process alive. */
  unref(): this {
    return this
  }

  override _read(): void {
    this.#channel.output.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.#touch()
    const { input } = this.#channel
    // Over TCP too, what is sent to a port that does not read any more is lost.
    if (input.writable) input.write(chunk, () => callback())
    else callback()
  }

  override _final(callback: () => void): void {
    const { input } = this.#channel
    if (input.writable) input.end(() => callback())
    else callback()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#timer)
    this.#timeout = 0
    void this.#channel.destroy().then(() => callback(error))
  }

  #touch(): void {
    clearTimeout(this.#timer)
    if (this.#timeout > 0) this.#timer = setTimeout(() => this.emit('timeout'), this.#timeout).unref()
  }
}
