import { pipeline, Transform } from 'node:stream'
import { CHUNK_SIZE } from '../../connection/send-buffers.ts'
import { APIException, APITransferException } from '../../errors/exceptions.ts'
import type { ApiPath } from '../../path.ts'
import type { HeaderValues, Query } from '../../request/options.ts'
import type { APIResult } from '../../result.ts'
import type { TransferOptions } from './options.ts'
import { ProgressCounter } from './progress-counter.ts'
import type { OpenSource } from './source.ts'

/** Options of {@link upload}. */
export interface UploadOptions extends TransferOptions {
  readonly headers?: HeaderValues
  readonly query?: Query
}

/** The number of bytes sent, and the answer. */
export interface Uploaded {
  readonly result: APIResult
  readonly bytes: number
}

/**
 * Sends a source as the streamed body of one POST, without retries.
 *
 * @throws {APITransferException} the transfer was interrupted
 */
export async function upload(
  path: ApiPath,
  { stream, size }: OpenSource,
  { headers, query, signal, onProgress }: UploadOptions,
): Promise<Uploaded> {
  const counter = new ProgressCounter({ total: size, onProgress })
  const body = new CountedBody(counter)
  // The call that sends the body rejects with its error.
  pipeline(stream, body, () => {})
  try {
    const length = size === undefined ? undefined : String(size)
    const kind = { 'content-type': 'application/octet-stream', 'content-length': length, ...headers }
    const result = await path.post(body, { headers: kind, query, signal })
    counter.finish()
    return { result, bytes: counter.bytes }
  } catch (error) {
    throw brokenTransfer(error, counter)
  } finally {
    // If the server did not read all of it, the source file is still open.
    body.destroy()
  }
}

/** The failure of a transfer: with the number of bytes, if the connection or the source failed. */
export function brokenTransfer(error: unknown, { bytes, total }: ProgressCounter): unknown {
  const isBroken = error instanceof APIException && error.result === undefined
  return isBroken ? new APITransferException(error, bytes, total) : error
}

/** Passes bytes on, and counts them; fails if they are not as many as expected. */
export class CountedBody extends Transform {
  readonly #counter: ProgressCounter

  constructor(counter: ProgressCounter) {
    super({ highWaterMark: CHUNK_SIZE })
    this.#counter = counter
  }

  override _transform(chunk: Buffer, _encoding: string, callback: (error?: Error | null) => void): void {
    try {
      this.#counter.add(chunk.length)
      checkLength(this.#counter, false)
      this.push(chunk)
      callback()
    } catch (error) {
      callback(error as Error)
    }
  }

  override _flush(callback: (error?: Error | null) => void): void {
    try {
      checkLength(this.#counter, true)
      callback()
    } catch (error) {
      callback(error as Error)
    }
  }
}

// A file that changes during the transfer no longer has the announced size.
function checkLength({ bytes, total = bytes }: ProgressCounter, isOver: boolean): void {
  if (bytes > total) throw new Error(`it has more than the ${total} bytes that it began with`)
  if (isOver && bytes < total)
    throw new Error(`it ended after ${bytes} of the ${total} bytes that it began with`)
}
