import type { Readable, Writable } from 'node:stream'
import type { ReadableStream, WritableStream } from 'node:stream/web'
import type { Progress } from '../../operations/progress.ts'
import { COMMON_OPTIONS, type CommonOptions } from '../shared/limits.ts'

/** How far a transfer has come. */
export interface TransferProgress {
  readonly bytes: number
  /** How many it will be; `undefined` where nobody knows. */
  readonly total: number | undefined
  /** How far the server is with what it makes before any byte is sent, such as a backup; only until then. */
  readonly server?: Progress
}

/** What everything takes that moves bytes. The signal ends the transfer, and what is only half there is removed. */
export interface TransferOptions extends CommonOptions {
  /** Receives the progress ten times a second at the most, and once at the end; what it throws ends the transfer. */
  readonly onProgress?: (progress: TransferProgress) => void
}

/** Where bytes come from: the path of a file, the bytes themselves, or a stream. */
export type TransferSource =
  | string
  | Uint8Array
  | Blob
  | Readable
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>

/** Where bytes go: the path of a file, which is there whole or not at all, or a stream. */
export type TransferTarget = string | Writable | WritableStream<Uint8Array>

/** The names of {@link TransferOptions}, for those who add to them. */
export const TRANSFER_OPTIONS = ['onProgress', ...COMMON_OPTIONS] as const
