import { onAbort, type Signals, throwIfAborted } from '../../common/abort.ts'

/** The default concurrency limit: enough to keep a server busy, which takes most of the time of each call. */
export const DEFAULT_CONCURRENCY = 8

/** A concurrency limit: a limited number of tasks run at once, the others queue, first in, first out. */
export class ConcurrencyLimit {
  readonly #limit: number
  readonly #waiting = new Set<() => void>()
  #running = 0

  constructor(limit = DEFAULT_CONCURRENCY) {
    this.#limit = limit
  }

  /** Runs a task once fewer tasks than the limit run; rejects with the signal's reason if it is aborted before. */
  async run<T>(task: () => Promise<T>, signals?: Signals): Promise<T> {
    throwIfAborted(signals)
    if (this.#running < this.#limit) this.#running += 1
    else await this.#wait(signals)
    try {
      return await task()
    } finally {
      this.#leave()
    }
  }

  // The task that has waited longest replaces the one that ends.
  #leave(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#running -= 1
    else next()
  }

  #wait(signals: Signals | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = (): void => {
        removeListener()
        this.#waiting.delete(start)
        resolve()
      }
      this.#waiting.add(start)
      const removeListener = onAbort(signals, reason => {
        this.#waiting.delete(start)
        reject(reason)
      })
    })
  }
}

/** Maps items to results, in their order, a limited number at once. */
export function mapConcurrently<Item, Result>(
  items: readonly Item[],
  limit: number | undefined,
  handle: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const concurrency = new ConcurrencyLimit(limit)
  return Promise.all(items.map(item => concurrency.run(() => handle(item))))
}
