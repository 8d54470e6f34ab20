import { setMaxListeners } from 'node:events'
import { onAbort } from '../../common/abort.ts'

/** Handles one item; gives the items that come out of it. */
export type Handle<T> = (item: T, signal: AbortSignal) => Promise<readonly T[]>

// Enough to keep a server busy, whose part of each call takes longest.
const AT_ONCE = 8

/**
 * Handles an item and all that come out of it, several at a time, the newest first: so what waits stays little.
 *
 * The first failure ends the others, and is thrown once all have ended.
 */
export async function workThrough<T>(first: T, handle: Handle<T>, signal?: AbortSignal): Promise<void> {
  const end = new AbortController()
  // Each call in progress listens, and Node takes more than ten listeners for a leak.
  setMaxListeners(0, end.signal)
  const forgetSignal = onAbort(signal && [signal], reason => end.abort(reason))
  const waiting = [first]
  const work = async (item: T): Promise<void> => {
    try {
      waiting.push(...(await handle(item, end.signal)))
    } catch (error) {
      end.abort(error)
    }
  }
  await drain(waiting, work, end.signal)
  forgetSignal()
  // The caller's own reason comes first, unless something had failed before.
  end.signal.throwIfAborted()
}

async function drain<T>(waiting: T[], work: (item: T) => Promise<void>, ended: AbortSignal): Promise<void> {
  const active = new Set<Promise<void>>()
  for (;;) {
    while (active.size < AT_ONCE && waiting.length > 0 && !ended.aborted) {
      // True: there is one waiting.
      const task = work(waiting.pop() as T).finally(() => active.delete(task))
      active.add(task)
    }
    if (active.size === 0) return
    await Promise.race(active)
  }
}
