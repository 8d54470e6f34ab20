import { setMaxListeners } from 'node:events'

/**
 * Calls back when a signal is aborted, at once where it already is.
 *
 * @returns stops listening
 */
export function onAbort(signal: AbortSignal | undefined, listener: (reason: unknown) => void): () => void {
  if (signal === undefined) return () => {}
  if (signal.aborted) {
    listener(signal.reason)
    return () => {}
  }
  const abort = (): void => listener(signal.reason)
  // One signal may well end more calls than the ten listeners that Node.js takes for a leak.
  setMaxListeners(0, signal)
  signal.addEventListener('abort', abort, { once: true })
  return () => signal.removeEventListener('abort', abort)
}
