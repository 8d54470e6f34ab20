import { addSignal } from '../../common/abort.ts'
import { contextOf, type Path } from '../../path.ts'
import { ConcurrencyLimit } from '../shared/concurrency.ts'

// A server gives the websockets of a command 5 s from its start, and over TLS each of them costs.
const MAX_STARTING = 8

const limits = new WeakMap<object, ConcurrencyLimit>()

/** Starts a command as soon as fewer than 8 others of the same server are just starting; an abort ends the waiting. */
export function limitStarting<T>(
  path: Path,
  signal: AbortSignal | undefined,
  start: () => Promise<T>,
): Promise<T> {
  const { client, defaults } = contextOf(path)
  const limit = limits.get(client) ?? new ConcurrencyLimit(MAX_STARTING)
  limits.set(client, limit)
  return limit.run(start, addSignal(defaults.signals, signal))
}
