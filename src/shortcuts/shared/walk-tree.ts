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
export async function walkTree<T>(
  root: T,
  handle: Handle<T>,
  signal?: AbortSignal,
  concurrency = DEFAULT_CONCURRENCY,
): Promise<void> {
  const controller = new AbortController()
  // Each call in progress listens, and Node takes more than ten listeners for a leak.
  setMaxListeners(0, controller.signal)
  const removeAbortListener = onAbort(signal && [signal], reason => controller.abort(reason))
  const queue = [root]
  const work = async (item: T): Promise<void> => {
    try {
      for (const child of await handle(item, controller.signal)) queue.push(child)
    } catch (error) {
      controller.abort(error)
    }
  }
  await drain(queue, work, controller.signal, concurrency)
  removeAbortListener()
  // The caller's own reason comes first, unless something had failed before.
  controller.signal.throwIfAborted()
}

function drain<T>(
  queue: T[],
  work: (item: T) => Promise<void>,
  signal: AbortSignal,
  concurrency: number,
): Promise<void> {
  return new Promise(resolve => {
    let active = 0
    const next = (): void => {
      while (active < concurrency && queue.length > 0 && !signal.aborted) {
        active++
        // Safe cast: the queue is not empty.
        void work(queue.pop() as T).then(() => {
          active--
          next()
        })
      }
      if (active === 0) resolve()
    }
    next()
  })
}
