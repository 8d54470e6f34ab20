import type { Readable, Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { APIException } from '../exceptions.ts'
import type { APIResult } from '../result.ts'
import { Meter } from './meter.ts'
import type { TransferOptions } from './transfer.ts'
import { brokenTransfer } from './upload.ts'

/** How a body is received. */
export interface DownloadOptions extends TransferOptions {
  /** Sees each piece before it is written. */
  readonly onPiece?: (piece: Buffer) => void
  /** Counts what the target makes of the body, instead of the body's own bytes. */
  readonly meter?: Meter
  /** Throws where what arrived is not what it should be; the target is then destroyed, not ended. */
  readonly verify?: () => void
}

/**
 * Writes the whole body of an answer to a stream, and ends it; returns the number of bytes.
 *
 * @throws {APITransferException} less arrived than the server had announced
 */
export async function download(
  result: APIResult,
  target: Writable,
  options: DownloadOptions = {},
): Promise<number> {
  const { onProgress, onPiece, verify, signal } = options
  const meter = options.meter ?? new Meter({ total: lengthOf(result), onProgress })
  try {
    const body = bodyOf(result)
    // In the same turn in which the pipeline begins to read, so no piece is missed.
    body.on(
      'data',
      destroyingOnError(body, (piece: Buffer) => {
        onPiece?.(piece)
        if (options.meter === undefined) meter.count(piece.length)
      }),
    )
    await pipeline(body, target, { signal, end: false })
    verify?.()
    await end(target)
  } catch (error) {
    // Whoever gave us the stream may not listen; what went wrong is thrown.
    target.once('error', () => {})
    target.destroy(error as Error)
    throw signal?.aborted ? signal.reason : brokenTransfer(error, meter)
  }
  meter.finish()
  return meter.bytes
}

function destroyingOnError<T>(stream: Readable, handle: (item: T) => void): (item: T) => void {
  return item => {
    try {
      handle(item)
    } catch (error) {
      stream.destroy(error as Error)
    }
  }
}

async function end(target: Writable): Promise<void> {
  // These can't be closed.
  if (target === process.stdout || target === process.stderr) return
  target.end()
  await finished(target, { readable: false })
}

/**
 * The unread body of an answer, of which the end can be told.
 *
 * @throws {APIException} there is none, or a cut in it could not be noticed
 */
export function bodyOf(result: APIResult): Readable {
  const { request, response, body } = result
  if (body === undefined) throw new APIException({ request, result, error: 'The answer is not a file' })
  if ('content-length' in response.headers || 'transfer-encoding' in response.headers) return body
  body.destroy()
  const error = 'The answer does not say how long it is, so nobody could tell whether it is whole'
  throw new APIException({ request, result, error })
}

// What is compressed for the way has the length of what is on the way.
function lengthOf({ response: { headers } }: APIResult): number | undefined {
  const length = headers['content-length']
  return length === undefined || 'content-encoding' in headers ? undefined : Number(length)
}
