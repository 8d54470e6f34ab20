import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { isError } from '../common/is-error.ts'
import type { EventHub } from './event-hub.ts'
import { type Fields, Refusal, type Reply, started, sync } from './reply.ts'

/** What an operation does, and what the server tells of it. */
export interface Task {
  readonly description: string
  readonly project: string
  /** The URLs that it works on, by type. */
  readonly resources: Readonly<Record<string, readonly string[]>>
  readonly class?: 'task' | 'websocket'
  readonly id?: string
  readonly metadata?: Fields
  /** Resolves with the metadata of the finished operation. */
  run(): Promise<Fields | null> | Fields | null
  /** Ends it early, where that is possible. */
  readonly cancel?: () => void
}

/** An operation fails, and tells these metadata. */
export class OperationFailure extends Error {
  readonly metadata: Fields

  constructor(message: string, metadata: Fields) {
    super(message)
    this.metadata = metadata
  }
}

interface Operation {
  readonly task: Task
  document: Fields
  ended: Promise<void>
}

const RUNNING = { status: 'Running', status_code: 103 }
const SUCCESS = { status: 'Success', status_code: 200 }
const FAILURE = { status: 'Failure', status_code: 400 }
const CANCELLED = { status: 'Cancelled', status_code: 401 }
// As the servers do.
const FORGET_AFTER_MS = 5000

/** The operations of a fake server. */
export class Operations {
  readonly #events: EventHub
  readonly #operations = new Map<string, Operation>()

  constructor(events: EventHub) {
    this.#events = events
  }

  /** Starts an operation, and returns the answer to the call that started it. */
  start(task: Task): Reply {
    const id = task.id ?? randomUUID()
    const now = new Date().toISOString()
    const document = {
      id,
      class: task.class ?? 'task',
      description: task.description,
      created_at: now,
      updated_at: now,
      ...RUNNING,
      resources: task.resources,
      metadata: task.metadata ?? null,
      may_cancel: task.cancel !== undefined,
      err: '',
      location: 'none',
    }
    const operation: Operation = { task, document, ended: Promise.resolve() }
    this.#operations.set(id, operation)
    this.#publish(operation)
    operation.ended = this.#run(operation)
    return started(document)
  }

  list(project: string, isRecursive: boolean): Reply {
    const lists: Record<string, unknown[]> = {}
    for (const { task, document } of this.#operations.values()) {
      if (task.project !== project) continue
      const status = String(document['status']).toLowerCase()
      lists[status] = [...(lists[status] ?? []), isRecursive ? document : `/1.0/operations/${document['id']}`]
    }
    return sync(lists)
  }

  get(id: string): Reply {
    return sync(this.#find(id).document)
  }

  /** Answers when the operation has ended, or after `seconds`; a negative number is no limit. */
  async wait(id: string, seconds: number): Promise<Reply> {
    const operation = this.#find(id)
    const limit = new AbortController()
    const isLimited = Number.isFinite(seconds) && seconds >= 0
    const timeout = isLimited ? pause(seconds * 1000, undefined, { signal: limit.signal, ref: false }) : null
    await Promise.race([operation.ended, ...(timeout ? [timeout.catch(() => {})] : [])])
    limit.abort()
    return sync(operation.document)
  }

  cancel(id: string): Reply {
    const { task, document } = this.#find(id)
    if (task.cancel === undefined || document['status_code'] !== RUNNING.status_code)
      throw new Refusal(400, 'Only running operations can be cancelled')
    this.#update(this.#find(id), CANCELLED)
    task.cancel()
    return sync({})
  }

  async #run(operation: Operation): Promise<void> {
    // The answer to the call goes first.
    await pause(0)
    try {
      const metadata = await operation.task.run()
      this.#end(operation, { ...SUCCESS, metadata: metadata ?? operation.document['metadata'] })
    } catch (error) {
      const failed = error instanceof OperationFailure ? { metadata: error.metadata } : {}
      this.#end(operation, {
        ...FAILURE,
        ...failed,
        err: isError(error) ? error.message : String(error),
      })
    }
    setTimeout(() => this.#operations.delete(String(operation.document['id'])), FORGET_AFTER_MS).unref()
  }

  #end(operation: Operation, fields: Fields): void {
    if (operation.document['status_code'] === RUNNING.status_code)
      this.#update(operation, { ...fields, may_cancel: false })
  }

  #update(operation: Operation, fields: Fields): void {
    operation.document = { ...operation.document, ...fields, updated_at: new Date().toISOString() }
    this.#publish(operation)
  }

  #publish({ task, document }: Operation): void {
    this.#events.publish('operation', task.project, document)
  }

  #find(id: string): Operation {
    const operation = this.#operations.get(id)
    if (operation === undefined) throw new Refusal(404, 'Operation not found')
    return operation
  }
}
