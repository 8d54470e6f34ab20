import type { EventEmitter } from 'node:events'

/**
 * Keeps an unhandled `'error'` event of a stream from ending the process, as is the case with a child process's streams.
 *
 * The stream keeps its error: iterators and pipelines still reject with it.
 */
export function ignoreErrors(stream: EventEmitter): void {
  stream.on('error', ignore)
}

function ignore(): void {}
