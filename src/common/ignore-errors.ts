import type { EventEmitter } from 'node:events'

/**
 * Keeps an `'error'` event that nobody listens to from ending the process, as is the case with a child process's streams.
 *
 * The stream keeps its error: iterators, pipelines and all who read it afterwards are told.
 */
export function silenceErrors(stream: EventEmitter): void {
  stream.on('error', ignore)
}

function ignore(): void {}
