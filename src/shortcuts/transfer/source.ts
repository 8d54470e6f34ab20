import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { types } from 'node:util'
import type { TransferSource } from './options.ts'

/** How many bytes are read of a file at once: each read costs the same, whatever its size. */
export const CHUNK_SIZE = 512 * 1024

/** An open source. */
export interface OpenSource {
  readonly stream: Readable
  /** In bytes, if known before the source is read. */
  readonly size: number | undefined
  /** The permission bits, if it is a file. */
  readonly mode?: number
}

/** Opens a source; the errors of a file (`ENOENT`, …) are thrown as they are. */
export async function openSource(source: TransferSource): Promise<OpenSource> {
  if (typeof source === 'string') return sourceOf(await open(source))
  if (types.isUint8Array(source)) return { stream: Readable.from(slice(source)), size: source.length }
  if (source instanceof Blob) return { stream: Readable.from(source.stream()), size: source.size }
  return { stream: source instanceof Readable ? source : Readable.from(source), size: undefined }
}

/** Makes a source of an open file, which it closes. */
export async function sourceOf(file: FileHandle): Promise<OpenSource> {
  try {
    const stats = await file.stat()
    return {
      stream: file.createReadStream({ highWaterMark: CHUNK_SIZE }),
      size: stats.isFile() ? stats.size : undefined,
      mode: stats.mode & 0o777,
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

function* slice(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_SIZE) yield bytes.subarray(at, at + CHUNK_SIZE)
}
