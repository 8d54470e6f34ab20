import { FINAL_STATUS } from '../answer/envelope.ts'
import { isRecord } from '../common/is-record.ts'
import type { APIAnswer } from '../request/transaction.ts'

/** The metadata of an event that tells of an operation. */
export interface OperationEvent extends Readonly<Record<string, unknown>> {
  readonly id: string
  readonly status_code: number
}

/** The transaction by which a stream of events was opened. */
export type Opening = Pick<APIAnswer, 'request' | 'response'>

/** An operation that has ended, and the opening of the stream that told of it. */
export interface SeenOperation {
  readonly operation: Readonly<Record<string, unknown>>
  readonly opening: Opening
}

// A server forgets an operation 5 s after its end, so whoever waits for one asks for it soon.
const MAX_OPERATIONS = 1000

const memories = new WeakMap<object, OperationMemory>()

/** What the event streams of a client have told of operations. */
export function memoryOf(client: object): OperationMemory {
  const known = memories.get(client) ?? new OperationMemory()
  memories.set(client, known)
  return known
}

/** How the operations ended that event streams told of: their servers soon forget it. */
export class OperationMemory {
  readonly #ended = new Map<string, SeenOperation>()

  /** Notes an operation that has ended; ignores any other. */
  note(operation: OperationEvent, opening: Opening): void {
    if (operation.status_code < FINAL_STATUS) return
    // A copy, since an event's own metadata prints itself without secrets, and a result has all of them.
    this.#ended.set(operation.id, { operation: { ...operation }, opening })
    // A Map gives the oldest first.
    if (this.#ended.size > MAX_OPERATIONS) this.#ended.delete(String(this.#ended.keys().next().value))
  }

  /** How an operation ended; `undefined` where no event told. */
  recall(id: string): SeenOperation | undefined {
    return this.#ended.get(id)
  }
}

/** Whether the metadata of an event tells of an operation. */
export function isOperation(metadata: unknown): metadata is OperationEvent {
  return isRecord(metadata) && typeof metadata.id === 'string' && typeof metadata.status_code === 'number'
}
