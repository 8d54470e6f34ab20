import { setMaxListeners } from 'node:events'
import { onAbort } from '../../common/abort.ts'
import { DEFAULT_CONCURRENCY } from './concurrency.ts'

/** Handles one item of a tree; resolves with its children. */
export type Handle<T> = (item: T, signal: AbortSignal) => Promise<readonly T[]>

/**
 * Handles an item and all its descendants, a limited number at once, the newest first: so the queue stays short.
 *
 * The first failure aborts the others, and is thrown once all have ended.
 */
export async function walkTree<T>(root: T, handle: Handle<T>, signal?: AbortSignal): Promise<void> {
  const controller = new AbortController()
  // Each call in progress listens, and Node takes more than ten listeners for a leak.
  setMaxListeners(0, controller.signal)
  const removeAbortListener = onAbort(signal && [signal], reason => controller.abort(reason))
  const queue = [root]
  const work = async (item: T): Promise<void> => {
    try {
      queue.push(...(await handle(item, controller.signal)))
    } catch (error) {
      controller.abort(error)
    }
  }
  await drain(queue, work, controller.signal)
  removeAbortListener()
  // The caller's own reason comes first, unless something had failed before.
  controller.signal.throwIfAborted()
}

async function drain<T>(queue: T[], work: (item: T) => Promise<void>, signal: AbortSignal): Promise<void> {
  const active = new Set<Promise<void>>()
  for (;;) {
    while (active.size < DEFAULT_CONCURRENCY && queue.length > 0 && !signal.aborted) {
      // Safe cast: the queue is not empty.
      const task = work(queue.pop() as T).finally(() => active.delete(task))
      active.add(task)
    }
    if (active.size === 0) return
    await Promise.race(active)
  }
}
