import type { APIResult } from '../../result.ts'

const last = new Map<string, Promise<unknown>>()

/**
 * Runs an action while no other one of this process holds the mutex of the result's URL; for those who write what they
 * have read.
 *
 * The servers compare `If-Match` first and write later: they accept both of two writes at the same moment, and one is
 * lost (LXD 5.0, Incus 6.0).
 */
export async function withMutex<T>({ request }: APIResult, act: () => Promise<T>): Promise<T> {
  const key = request.origin + request.path
  // The failure of the action before is for its own caller.
  const run = (last.get(key) ?? Promise.resolve()).then(act, act)
  last.set(key, run)
  try {
    return await run
  } finally {
    if (last.get(key) === run) last.delete(key)
  }
}
