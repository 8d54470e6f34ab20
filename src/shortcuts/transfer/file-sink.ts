import type { FileHandle } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { releaseReceived } from '../../connection/memory/receive-buffers.ts'
import { closeFile } from './close-file.ts'

// How much is written at once: each write costs the same however little it takes.
const BATCH = 1024 * 1024
// How much may wait to be written: with less, nothing is received while some of it is being written.
const AHEAD = 4 * BATCH

type Callback = (error?: Error | null) => void

/** Writes a file, and closes it. What it has written is given back, so nobody else may look at the pieces any more. */
export class FileSink extends Writable {
  readonly #file: FileHandle
  #batch: Buffer[] = []
  #bytes = 0

  constructor(file: FileHandle) {
    super({ highWaterMark: AHEAD })
    this.#file = file
  }

  override _write(piece: Buffer, _encoding: string, callback: Callback): void {
    this.#take([piece], callback)
  }

  override _writev(waiting: readonly { readonly chunk: Buffer }[], callback: Callback): void {
    this.#take(
      waiting.map(({ chunk }) => chunk),
      callback,
    )
  }

  override _final(callback: Callback): void {
    this.#writeBatch().then(() => callback(), callback)
  }

  override _destroy(error: Error | null, callback: Callback): void {
    closeFile(this.#file, error, callback)
  }

  #take(pieces: readonly Buffer[], callback: Callback): void {
    for (const piece of pieces) {
      this.#batch.push(piece)
      this.#bytes += piece.length
    }
    if (this.#bytes < BATCH) callback()
    else this.#writeBatch().then(() => callback(), callback)
  }

  async #writeBatch(): Promise<void> {
    const pieces = this.#batch
    this.#batch = []
    this.#bytes = 0
    await writeAll(this.#file, pieces)
    for (const piece of pieces) releaseReceived(piece)
  }
}

// A file system that is almost full takes a part.
async function writeAll(file: FileHandle, pieces: readonly Buffer[]): Promise<void> {
  for (let rest = pieces; rest.length > 0; ) {
    const { bytesWritten } = await file.writev(rest)
    rest = after(rest, bytesWritten)
  }
}

function after(pieces: readonly Buffer[], bytes: number): readonly Buffer[] {
  let skipped = bytes
  const first = pieces.findIndex(piece => {
    if (skipped < piece.length) return true
    skipped -= piece.length
    return false
  })
  if (first === -1) return []
  // True: it was found.
  return [(pieces[first] as Buffer).subarray(skipped), ...pieces.slice(first + 1)]
}
