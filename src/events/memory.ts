import { isRecord } from '../answer/envelope.ts'
import type { APIWebSocket } from '../websocket/websocket.ts'

/** An operation that has ended, and the stream that told of it. */
export interface SeenOperation {
  readonly operation: Readonly<Record<string, unknown>>
  readonly stream: APIWebSocket
}

// A server forgets an operation 5 s after its end, so whoever waits for one asks for it soon.
const MOST = 1000
const FINAL = 200

/** How the operations ended that the open event streams told of: their servers soon forget it. */
export class OperationMemory {
  readonly #ended = new Map<unknown, SeenOperation>()

  /** Takes note of an operation that a stream told of, if it has ended. */
  note(operation: SeenOperation['operation'], stream: APIWebSocket): void {
    const { id, status_code: statusCode } = operation
    if (typeof statusCode !== 'number' || statusCode < FINAL) return
    // A copy, since an event's own metadata prints itself without secrets, and a result has all of them.
    this.#ended.set(id, { operation: { ...operation }, stream })
    // A Map gives the oldest first.
    if (this.#ended.size > MOST) this.#ended.delete(this.#ended.keys().next().value)
  }

  /** How an operation ended; `undefined` where nobody told. */
  recall(id: string): SeenOperation | undefined {
    return this.#ended.get(id)
  }
}

/** Is this the metadata of an event that tells of an operation? */
export function isOperation(metadata: unknown): metadata is Readonly<Record<string, unknown>> {
  return isRecord(metadata) && typeof metadata.id === 'string' && typeof metadata.status_code === 'number'
}
