import type { FileHandle } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { releaseReceived } from '../../connection/receive-buffers.ts'
import { closeFile } from './close-file.ts'

// In bytes. Small writes cost as much as large ones.
const BATCH_SIZE = 1024 * 1024
// In bytes: what may wait while a batch is written.
const HIGH_WATER_MARK = 2 * BATCH_SIZE

type Callback = (error?: Error | null) => void

/** Writes a file, a megabyte at a time, and closes it. Written chunks are received into again: nothing else may use them. */
export class FileSink extends Writable {
  readonly #file: FileHandle
  #batch: Buffer[] = []
  #bytes = 0
  // The batch that is being written while the next one is collected; never rejects.
  #writing: Promise<void> | undefined

  constructor(file: FileHandle) {
    super({ highWaterMark: HIGH_WATER_MARK })
    this.#file = file
  }

  override _write(chunk: Buffer, _encoding: string, callback: Callback): void {
    this.#take([chunk], callback)
  }

  override _writev(waiting: readonly { readonly chunk: Buffer }[], callback: Callback): void {
    this.#take(
      waiting.map(({ chunk }) => chunk),
      callback,
    )
  }

  override _final(callback: Callback): void {
    this.#startWriting()
      .then(() => this.#writing)
      .then(() => callback())
  }

  override _destroy(error: Error | null, callback: Callback): void {
    closeFile(this.#file, error, callback)
  }

  #take(chunks: readonly Buffer[], callback: Callback): void {
    for (const chunk of chunks) {
      this.#batch.push(chunk)
      this.#bytes += chunk.length
    }
    if (this.#bytes < BATCH_SIZE) callback()
    else this.#startWriting().then(() => callback())
  }

  // Waits for the batch before, not for this one.
  async #startWriting(): Promise<void> {
    await this.#writing
    // The one before may have failed.
    if (!this.destroyed) this.#writing = this.#writeBatch().catch(error => void this.destroy(error))
  }

  async #writeBatch(): Promise<void> {
    const chunks = this.#batch
    this.#batch = []
    this.#bytes = 0
    await writeAll(this.#file, chunks)
    for (const chunk of chunks) releaseReceived(chunk)
  }
}

/** Writes chunks to a file, and returns how many bytes they have: on a file system that is almost full, a write is partial. */
export async function writeAll(file: FileHandle, chunks: readonly Uint8Array[]): Promise<number> {
  let bytes = 0
  for (let rest = chunks; rest.length > 0; ) {
    const { bytesWritten } = await file.writev(rest)
    bytes += bytesWritten
    rest = after(rest, bytesWritten)
  }
  return bytes
}

function after(chunks: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let skipped = bytes
  const first = chunks.findIndex(chunk => {
    if (skipped < chunk.length) return true
    skipped -= chunk.length
    return false
  })
  if (first === -1) return []
  // Safe cast: `findIndex()` found it.
  return [(chunks[first] as Uint8Array).subarray(skipped), ...chunks.slice(first + 1)]
}
