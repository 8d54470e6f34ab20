import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { types } from 'node:util'
import { CHUNK_SIZE } from '../../connection/send-buffers.ts'
import { FileSource } from './file-source.ts'
import type { TransferSource } from './options.ts'

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
      stream: new FileSource(file),
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
