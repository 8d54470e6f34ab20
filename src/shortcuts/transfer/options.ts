import type { Readable, Writable } from 'node:stream'
import type { ReadableStream, WritableStream } from 'node:stream/web'
import type { Progress } from '../../operations/progress.ts'
import { COMMON_OPTIONS, type CommonOptions } from '../shared/limits.ts'

/** The progress of a transfer. */
export interface TransferProgress {
  readonly bytes: number
  /** The total number of bytes; `undefined` if unknown. */
  readonly total: number | undefined
  /** How far the server is with what it makes before any byte is sent, such as a backup; only until then. */
  readonly server?: Progress
}

/** The options of all transfers. The signal aborts the transfer, and what is incomplete is deleted. */
export interface TransferOptions extends CommonOptions {
  /** Called with the progress at most ten times a second, and once at the end; an error it throws aborts the transfer. */
  readonly onProgress?: (progress: TransferProgress) => void
}

/** The source of a transfer: the path of a file, bytes, or a stream. */
export type TransferSource =
  | string
  | Uint8Array
  | Blob
  | Readable
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>

/** The target of a transfer: the path of a file, which is written atomically, or a stream. */
export type TransferTarget = string | Writable | WritableStream<Uint8Array>

/** The names of {@link TransferOptions}, for those who add to them. */
export const TRANSFER_OPTIONS = ['onProgress', ...COMMON_OPTIONS] as const
