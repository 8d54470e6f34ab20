import { addSignal, onAbort, type Signals, throwIfAborted } from '../../common/abort.ts'
import { contextOf } from '../../path.ts'
import { type ApiRoot, versionOf } from '../shared/resource.ts'

// A server gives the websockets of a command 5 s from its start, and over TLS each of them costs.
const MOST_AT_ONCE = 8

const queues = new WeakMap<object, Queue>()

/** Starts a command as soon as fewer than 8 others of the same server are just starting; an abort ends the waiting. */
export async function inTurn<T>(
  api: ApiRoot,
  signal: AbortSignal | undefined,
  start: () => Promise<T>,
): Promise<T> {
  const { client, defaults } = contextOf(versionOf(api))
  const queue = queues.get(client) ?? new Queue()
  queues.set(client, queue)
  await queue.enter(addSignal(defaults.signals, signal))
  try {
    return await start()
  } finally {
    queue.leave()
  }
}

class Queue {
  readonly #waiting = new Set<() => void>()
  #inside = 0

  async enter(signals: Signals | undefined): Promise<void> {
    throwIfAborted(signals)
    if (this.#inside < MOST_AT_ONCE) this.#inside += 1
    else await this.#wait(signals)
  }

  // Who waits longest takes the place of who leaves.
  leave(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#inside -= 1
    else next()
  }

  #wait(signals: Signals | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = (): void => {
        forgetSignals()
        this.#waiting.delete(start)
        resolve()
      }
      this.#waiting.add(start)
      const forgetSignals = onAbort(signals, reason => {
        this.#waiting.delete(start)
        reject(reason)
      })
    })
  }
}
