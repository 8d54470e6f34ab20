import { type Readable, Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { APIException, APITransferException } from '../../errors/exceptions.ts'
import { malformed } from '../../errors/malformed-answer.ts'
import type { APIResponse, APIResult } from '../../result.ts'
import type { TransferOptions } from './options.ts'
import { ProgressCounter } from './progress-counter.ts'
import { brokenTransfer } from './upload.ts'

/** Options of {@link download}. */
export interface DownloadOptions extends TransferOptions {
  /** Called with each chunk before it is written. */
  readonly onChunk?: (chunk: Buffer) => void
  /** Counts the bytes that the target extracts from the body, instead of the body's own. */
  readonly counter?: ProgressCounter
  /** Throws if the content is not as expected; the target is then destroyed, not ended. */
  readonly verify?: () => void
}

/**
 * Writes the body of an answer to a stream, and ends it; resolves with the number of bytes.
 *
 * @throws {APITransferException} the body is incomplete
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
    // In the same tick in which the pipeline begins to read, so no chunk is missed.
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
    // The owner of the stream may have no error listener; the error is thrown.
    target.once('error', () => {})
    target.destroy(error as Error)
    throw signal?.aborted ? signal.reason : brokenTransfer(error, counter)
  }
  counter.finish()
  return counter.bytes
}

/** Collects the body of an answer in memory. */
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
  // Node can't close these.
  if (target === process.stdout || target === process.stderr) return
  target.end()
  await finished(target, { readable: false })
}

/**
 * The unread body of an answer that is a complete file, and whose end is detectable.
 *
 * @throws {MalformedAnswer} there is no body
 * @throws {APITransferException} it is partial, or a truncation would go unnoticed
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
  // With any other encoding last, the end of the connection is the end of the answer.
  const tellsEnd = transfer === undefined ? 'content-length' in headers : /\bchunked\s*$/i.test(transfer)
  if (tellsEnd) return undefined
  return 'The answer does not say how long it is, so nobody could tell whether it is whole'
}

/** The number of bytes of a body; `undefined` if it is compressed for the transfer. */
export function lengthOf({ response: { headers } }: APIResult): number | undefined {
  const length = headers['content-length']
  return length === undefined || 'content-encoding' in headers ? undefined : Number(length)
}
