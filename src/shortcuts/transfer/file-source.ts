import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { CHUNK_SIZE } from '../../connection/send-buffers.ts'
import { closeFile } from './close-file.ts'
import { readChunk } from './read-chunk.ts'

/** Reads a file from its beginning, and closes it; chunks are only valid until they are sent. */
export class FileSource extends Readable {
  readonly #file: FileHandle

  constructor(file: FileHandle) {
    super({ highWaterMark: CHUNK_SIZE })
    this.#file = file
  }

  override _read(): void {
    readChunk(this.#file, null).then(
      chunk => this.push(chunk),
      error => this.destroy(error),
    )
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    closeFile(this.#file, error, callback)
  }
}
