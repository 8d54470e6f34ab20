import { contextOf } from '../path.ts'
import { type ApiRoot, versionOf } from './resource.ts'

// A server gives the websockets of a command 5 s from its start, and over TLS each of them costs.
const MOST_AT_ONCE = 8

const queues = new WeakMap<object, Queue>()

/** Starts a command as soon as fewer than 8 others of the same server are just starting. */
export async function inTurn<T>(api: ApiRoot, start: () => Promise<T>): Promise<T> {
  const { client } = contextOf(versionOf(api))
  const queue = queues.get(client) ?? new Queue()
  queues.set(client, queue)
  await queue.enter()
  try {
    return await start()
  } finally {
    queue.leave()
  }
}

class Queue {
  readonly #waiting: (() => void)[] = []
  #inside = 0

  async enter(): Promise<void> {
    if (this.#inside < MOST_AT_ONCE) this.#inside += 1
    else await new Promise<void>(resolve => this.#waiting.push(resolve))
  }

  // Who waits longest takes the place of who leaves.
  leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#inside -= 1
    else next()
  }
}
