import type { EventEmitter } from 'node:events'
import { Readable, Writable } from 'node:stream'
import { isError } from './is-error.ts'

/**
 * Keeps an unhandled `'error'` event of a stream from ending the process, as is the case with a child process's streams.
 *
 * The stream keeps its error: iterators and pipelines still reject with it.
 */
export function ignoreErrors(stream: EventEmitter): void {
  stream.on('error', ignore)
}

/**
 * Keeps the failures of streams that a caller has handed over for what uses them later, such as a pipeline: one that comes
 * before would end the process.
 */
export async function keepFailures<T>(given: readonly unknown[], use: () => Promise<T>): Promise<T> {
  const streams = given.filter(one => one instanceof Readable || one instanceof Writable)
  for (const stream of streams) ignoreErrors(stream)
  try {
    return await use()
  } catch (error) {
    throw failureOf(error, streams)
  } finally {
    // A file that is being opened may fail even though its stream has been destroyed.
    for (const stream of streams) if (!stream.destroyed) stream.off('error', ignore)
  }
}

// Since Node 26 a pipeline says of a stream that has failed only that it can't be used.
function failureOf(error: unknown, streams: readonly (Readable | Writable)[]): unknown {
  if (!isError(error) || !('code' in error) || error.code !== 'ERR_STREAM_UNABLE_TO_PIPE') return error
  return streams.find(({ errored }) => errored !== null)?.errored ?? error
}

function ignore(): void {}
