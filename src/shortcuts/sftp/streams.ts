import { Readable, Writable } from 'node:stream'
import { ignoreErrors } from '../../common/ignore-errors.ts'
import { releaseChunk } from '../../connection/send-buffers.ts'
import type { Handle, SftpOperations } from './operations.ts'
import { CHUNK_SIZE } from './packets.ts'
import { readRange, WINDOW } from './read-range.ts'

type Callback = (error?: Error | null) => void

/** A stream of a part of a file, which is opened when the stream is read. */
export function createReader(
  operations: SftpOperations,
  open: () => Promise<Handle>,
  start: number,
  length: number | undefined,
): Readable {
  async function* read(): AsyncGenerator<Buffer> {
    const handle = await open()
    try {
      for await (const bytes of readRange(operations, handle, start, length)) yield bytes
    } finally {
      await operations.discard(handle)
    }
  }
  const stream = Readable.from(read(), { objectMode: false, highWaterMark: CHUNK_SIZE })
  ignoreErrors(stream)
  return stream
}

/** Writes a file from a position on, several chunks at once; it is opened at once, and closed at the end. */
export class RemoteWriter extends Writable {
  readonly #operations: SftpOperations
  readonly #open: () => Promise<Handle>
  readonly #running = new Set<Promise<void>>()
  #handle: Handle | undefined
  #position: number

  constructor(operations: SftpOperations, open: () => Promise<Handle>, start: number) {
    super({ highWaterMark: WINDOW * CHUNK_SIZE })
    this.#operations = operations
    this.#open = open
    this.#position = start
    ignoreErrors(this)
  }

  override _construct(callback: Callback): void {
    this.#open().then(handle => {
      this.#handle = handle
      callback()
    }, callback)
  }

  override _write(chunk: Buffer, _encoding: string, callback: Callback): void {
    this.#send(chunk).then(() => callback(), callback)
  }

  override _final(callback: Callback): void {
    this.#finish().then(() => callback(), callback)
  }

  override _destroy(error: Error | null, callback: Callback): void {
    this.#close().then(
      () => callback(error),
      closeError => callback(error ?? closeError),
    )
  }

  async #send(chunk: Buffer): Promise<void> {
    const writes: Promise<void>[] = []
    for (let at = 0; at < chunk.length; at += CHUNK_SIZE) {
      while (this.#running.size >= WINDOW) await Promise.race(this.#running)
      const bytes = chunk.subarray(at, at + CHUNK_SIZE)
      // Safe cast: nothing is written before it is constructed.
      const write = this.#operations.write(this.#handle as Handle, this.#position, bytes)
      this.#position += bytes.length
      this.#running.add(write)
      writes.push(write)
      write.then(
        () => this.#running.delete(write),
        error => this.destroy(error),
      )
    }
    void Promise.all(writes).then(
      () => releaseChunk(chunk),
      () => {},
    )
  }

  async #finish(): Promise<void> {
    await Promise.all(this.#running)
    await this.#close()
  }

  async #close(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    if (handle !== undefined) await this.#operations.close(handle)
  }
}
