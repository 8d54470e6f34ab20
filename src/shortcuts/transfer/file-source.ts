import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { acquireBuffer, CHUNK_SIZE, markChunk, releaseChunk } from '../../connection/send-buffers.ts'
import { closeFile } from './close-file.ts'

/** Reads a file from its beginning, and closes it; chunks are only valid until they are sent. */
export class FileSource extends Readable {
  readonly #file: FileHandle

  constructor(file: FileHandle) {
    super({ highWaterMark: CHUNK_SIZE })
    this.#file = file
  }

  override _read(): void {
    this.#readChunk().then(
      chunk => this.push(chunk),
      error => this.destroy(error),
    )
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    closeFile(this.#file, error, callback)
  }

  async #readChunk(): Promise<Buffer | null> {
    const buffer = acquireBuffer()
    const { bytesRead } = await this.#file.read(buffer, 0, CHUNK_SIZE, null)
    const chunk = markChunk(buffer, bytesRead)
    if (bytesRead > 0) return chunk
    releaseChunk(chunk)
    return null
  }
}
