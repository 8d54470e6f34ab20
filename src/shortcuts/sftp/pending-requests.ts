import type { Reply } from './reply.ts'
import type { Operation } from './status.ts'

/** A request that waits for its reply. */
export interface PendingRequest {
  readonly operation: Operation
  readonly take: (reply: Reply) => void
  readonly reject: (error: unknown) => void
}

/** The bytes of a request, and of its content, which is not copied. */
export interface Packet {
  readonly head: Buffer
  readonly content?: Uint8Array
}

interface Queued {
  readonly id: number
  readonly packet: Packet
  readonly pending: PendingRequest
}

// More than it takes to keep a server busy; with the largest chunks, 4 MiB.
const MAX_IN_FLIGHT = 128

/** The requests of a connection that have no reply yet: a limited number is sent, the others queue, first in, first out. */
export class PendingRequests {
  readonly #write: (packet: Packet) => void
  readonly #sent = new Map<number, PendingRequest>()
  readonly #queue: Queued[] = []
  readonly #abandoned = new Set<number>()
  #lastId = 0

  /** @param write sends the packet of a request */
  constructor(write: (packet: Packet) => void) {
    this.#write = write
  }

  /** How many are sent. */
  get size(): number {
    return this.#sent.size
  }

  /** How many there have been, with those that have a reply. */
  get total(): number {
    return this.#lastId
  }

  /** An id that no request with an unknown reply has. */
  nextId(): number {
    this.#lastId = (this.#lastId + 1) >>> 0
    return this.#lastId
  }

  /** Sends a request, once there are few enough. */
  send(id: number, packet: Packet, pending: PendingRequest): void {
    const queued = { id, packet, pending }
    if (this.#sent.size < MAX_IN_FLIGHT) this.#send(queued)
    else this.#queue.push(queued)
  }

  /**
   * Passes a reply to its request, unless nobody waits for it any more, and sends the next one.
   *
   * @throws {Error} there was no such request
   */
  settle(reply: Reply): void {
    const pending = this.#sent.get(reply.id)
    if (pending === undefined) {
      if (this.#abandoned.delete(reply.id)) return
      throw new Error(`The server answered a request that was not made, ${reply.id}`)
    }
    pending.take(reply)
    this.#sent.delete(reply.id)
    const next = this.#queue.shift()
    if (next !== undefined) this.#send(next)
  }

  /** Removes and returns all, in the order of their ids. */
  takeAll(): PendingRequest[] {
    const all = [...this.#sent.values(), ...this.#queue.splice(0).map(({ pending }) => pending)]
    this.#sent.clear()
    return all
  }

  /** Removes and returns all; the replies to those that were sent are then ignored. */
  abandonAll(): PendingRequest[] {
    for (const id of this.#sent.keys()) this.#abandoned.add(id)
    return this.takeAll()
  }

  #send({ id, packet, pending }: Queued): void {
    this.#sent.set(id, pending)
    this.#write(packet)
  }
}
