import type { APIResult } from '../../result.ts'

const last = new Map<string, Promise<unknown>>()

/**
 * Lets those of this process who write what they have read do so one after the other.
 *
 * The servers compare `If-Match` first and write later: of two writes at the same moment, both are taken, and one is
 * lost (LXD 5.0, Incus 6.0).
 */
export async function inTurn<T>({ request }: APIResult, act: () => Promise<T>): Promise<T> {
  const key = request.origin + request.path
  // How the turn before has ended is for its own caller.
  const turn = (last.get(key) ?? Promise.resolve()).then(act, act)
  last.set(key, turn)
  try {
    return await turn
  } finally {
    if (last.get(key) === turn) last.delete(key)
  }
}
