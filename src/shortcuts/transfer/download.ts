import { type Readable, Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { APIException, APITransferException } from '../../errors/exceptions.ts'
import { malformed } from '../../errors/malformed-answer.ts'
import type { APIResponse, APIResult } from '../../result.ts'
import type { TransferOptions } from './options.ts'
import { ProgressCounter } from './progress-counter.ts'
import { brokenTransfer } from './upload.ts'

/** How a body is received. */
export interface DownloadOptions extends TransferOptions {
  /** Sees each chunk before it is written. */
  readonly onChunk?: (chunk: Buffer) => void
  /** Counts what the target makes of the body, instead of the body's own bytes. */
  readonly counter?: ProgressCounter
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
  const { onProgress, onChunk, verify, signal } = options
  const counter = options.counter ?? new ProgressCounter({ total: lengthOf(result), onProgress })
  try {
    const body = bodyOf(result)
    // In the same turn in which the pipeline begins to read, so no chunk is missed.
    body.on(
      'data',
      destroyingOnError(body, (chunk: Buffer) => {
        onChunk?.(chunk)
        if (options.counter === undefined) counter.add(chunk.length)
      }),
    )
    await pipeline(body, target, { signal, end: false })
    verify?.()
    await end(target)
  } catch (error) {
    // Whoever gave us the stream may not listen; what went wrong is thrown.
    target.once('error', () => {})
    target.destroy(error as Error)
    throw signal?.aborted ? signal.reason : brokenTransfer(error, counter)
  }
  counter.finish()
  return counter.bytes
}

/** The whole body of an answer. */
export async function collect(result: APIResult, options: TransferOptions = {}): Promise<Buffer> {
  const chunks: Buffer[] = []
  const sink = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      chunks.push(chunk)
      callback()
    },
  })
  await download(result, sink, options)
  return Buffer.concat(chunks)
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
 * The unread body of an answer, which is a whole file, and of which the end can be told.
 *
 * @throws {MalformedAnswer} there is none
 * @throws {APITransferException} it is a part, or a cut in it could not be noticed
 */
export function bodyOf(result: APIResult): Readable {
  const { request, response, body } = result
  if (body === undefined) throw malformed(result, 'The answer is not a file')
  const error = whyIncomplete(response)
  if (error === undefined) return body
  body.destroy()
  throw new APITransferException(new APIException({ request, result, error }), 0, lengthOf(result))
}

function whyIncomplete({ statusCode, headers }: APIResponse): string | undefined {
  if (statusCode !== 200) return `HTTP ${statusCode} is not the whole file`
  const { 'content-encoding': encoding = 'identity', 'transfer-encoding': transfer } = headers
  if (encoding !== 'gzip' && encoding !== 'identity') return `The file is encoded as ${encoding}`
  // With any other encoding last, the answer ends where the connection does.
  const tellsEnd = transfer === undefined ? 'content-length' in headers : /\bchunked\s*$/i.test(transfer)
  if (tellsEnd) return undefined
  return 'The answer does not say how long it is, so nobody could tell whether it is whole'
}

/** How many bytes a body has; of what is compressed for the way, nobody knows. */
export function lengthOf({ response: { headers } }: APIResult): number | undefined {
  const length = headers['content-length']
  return length === undefined || 'content-encoding' in headers ? undefined : Number(length)
}
