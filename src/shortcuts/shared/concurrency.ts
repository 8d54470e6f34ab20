import { onAbort, type Signals, throwIfAborted } from '../../common/abort.ts'

// Enough to keep a server busy, whose part of each call takes longest.
const DEFAULT_CONCURRENCY = 8

/** Lets a limited number of tasks run at once; the others wait their turn, first come, first served. */
export class ConcurrencyLimit {
  readonly #limit: number
  readonly #waiting = new Set<() => void>()
  #running = 0

  constructor(limit = DEFAULT_CONCURRENCY) {
    this.#limit = limit
  }

  /** Runs a task once there is room for it; an abort ends the waiting with the signal's reason. */
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

  // The task that has waited longest takes the place of the one that ends.
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

/** The results of handling items, in their order, some at a time. */
export function mapConcurrently<Item, Result>(
  items: readonly Item[],
  limit: number | undefined,
  handle: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const concurrency = new ConcurrencyLimit(limit)
  return Promise.all(items.map(item => concurrency.run(() => handle(item))))
}
