import { setMaxListeners } from 'node:events'
import type { Duplex } from 'node:stream'

/**
 * Abort signals, any of which aborts a call.
 *
 * They are never combined by `AbortSignal.any()`: in Node.js 20 a signal keeps an entry for every combined signal for as
 * long as it lives.
 */
export type Signals = readonly AbortSignal[]

/** Adds a signal; returns the same list if there is nothing to add. */
export function addSignal(
  signals: Signals | undefined,
  signal: AbortSignal | undefined,
): Signals | undefined {
  if (signal === undefined || signals?.includes(signal)) return signals
  return signals === undefined ? [signal] : [...signals, signal]
}

/**
 * Calls the listener once, when the first of the signals is aborted, or immediately if one already is.
 *
 * @returns a function that removes the listener from all signals
 */
export function onAbort(signals: Signals | undefined, listener: (reason: unknown) => void): () => void {
  const aborted = findAborted(signals)
  if (aborted !== undefined) listener(aborted.reason)
  if (aborted !== undefined || signals === undefined) return () => {}
  const abort = ({ target }: Event): void => {
    removeListeners()
    // Safe cast: the listener is only added to signals.
    listener((target as AbortSignal).reason)
  }
  const removeListeners = (): void => {
    for (const signal of signals) signal.removeEventListener('abort', abort)
  }
  for (const signal of signals) {
    // One signal may abort many calls; beyond ten listeners Node.js warns of a leak.
    setMaxListeners(0, signal)
    signal.addEventListener('abort', abort)
  }
  return removeListeners
}

/** Destroys a stream with the reason of the first signal that is aborted while it is open. */
export function destroyOnAbort(stream: Duplex, signals: Signals | undefined): void {
  // Safe cast: streams keep whatever they are destroyed with as their error.
  const removeListener = onAbort(signals, reason => stream.destroy(reason as Error))
  stream.once('close', removeListener)
}

/** Returns the first aborted signal. */
export function findAborted(signals: Signals | undefined): AbortSignal | undefined {
  return signals?.find(({ aborted }) => aborted)
}

/** Throws the reason of the first aborted signal. */
export function throwIfAborted(signals: Signals | undefined): void {
  findAborted(signals)?.throwIfAborted()
}
