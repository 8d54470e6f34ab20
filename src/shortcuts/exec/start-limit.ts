import { contextOf, type Path } from '../../path.ts'
import { ConcurrencyLimit } from '../shared/concurrency.ts'
import { signalsOf } from '../shared/limits.ts'

// A server allows 5 s from a command's start for its websockets, and TLS handshakes are slow.
const MAX_STARTING = 8

const limits = new WeakMap<object, ConcurrencyLimit>()

/** Limits how many commands of one server start at once; rejects if aborted before the start. */
export function limitStarting<T>(
  path: Path,
  signal: AbortSignal | undefined,
  start: () => Promise<T>,
): Promise<T> {
  const { client } = contextOf(path)
  const limit = limits.get(client) ?? new ConcurrencyLimit(MAX_STARTING)
  limits.set(client, limit)
  return limit.run(start, signalsOf(path, signal))
}
