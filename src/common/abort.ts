import { setMaxListeners } from 'node:events'

/**
 * The signals that end something, each by itself.
 *
 * They are never joined by `AbortSignal.any()`: in Node.js 20, a signal keeps an entry for every signal that it was joined
 * to, for as long as it lives.
 */
export type Signals = readonly AbortSignal[]

/** Signals with one more; the same ones where it is among them, or there is none. */
export function addSignal(
  signals: Signals | undefined,
  signal: AbortSignal | undefined,
): Signals | undefined {
  if (signal === undefined || signals?.includes(signal)) return signals
  return signals === undefined ? [signal] : [...signals, signal]
}

/**
 * Calls back once, when the first of the signals is aborted; at once where one already is.
 *
 * @returns stops listening, after which the signals keep nothing of it
 */
export function onAbort(signals: Signals | undefined, listener: (reason: unknown) => void): () => void {
  const aborted = abortedOf(signals)
  if (aborted !== undefined) listener(aborted.reason)
  if (aborted !== undefined || signals === undefined) return () => {}
  const abort = ({ target }: Event): void => {
    forget()
    // Safe cast: these are the only ones that it listens to.
    listener((target as AbortSignal).reason)
  }
  const forget = (): void => {
    for (const signal of signals) signal.removeEventListener('abort', abort)
  }
  for (const signal of signals) {
    // One signal may well end more calls than the ten listeners that Node.js takes for a leak.
    setMaxListeners(0, signal)
    signal.addEventListener('abort', abort)
  }
  return forget
}

/** One of the signals that is aborted. */
export function abortedOf(signals: Signals | undefined): AbortSignal | undefined {
  return signals?.find(({ aborted }) => aborted)
}

/** Throws the reason of a signal that is aborted. */
export function throwIfAborted(signals: Signals | undefined): void {
  abortedOf(signals)?.throwIfAborted()
}
