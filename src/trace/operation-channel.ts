import { channel } from 'node:diagnostics_channel'
import { isEnvelope } from '../answer/envelope.ts'
import { isRecord } from '../common/is-record.ts'
import { APINotFoundException, APIOperationException } from '../errors/exceptions.ts'
import { redactText } from '../redact/redact.ts'
import type { Method } from '../request/call.ts'
import type { APIResponse } from '../request/response.ts'
import type { APIAnswer } from '../request/transaction.ts'

/**
 * What the channels `lxdapi:operation:start`, `lxdapi:operation:end` and `lxdapi:operation:error` of
 * `node:diagnostics_channel` tell of an operation: `start` when an answer tells of it, then `end` or `error`, with the same
 * object, when a `wait()` knows how it ended. An operation that nobody waits for has only a `start`.
 */
export interface OperationMessage {
  readonly id: string
  /** The call that started it. */
  readonly method: Method
  /** Path and query string of that call, with secrets masked. */
  readonly path: string
  /** What the server calls it: `Starting instance`. */
  readonly description: string | undefined
  /** The status code of the operation once it has ended: 200, 400 of one that failed, 401 of one that was cancelled. */
  status?: number
  /** From the answer that started it to the end of the wait. */
  milliseconds?: number
  /** What the wait failed with, on `lxdapi:operation:error`. */
  error?: unknown
}

interface Started {
  readonly message: OperationMessage
  readonly begin: number
}

const START = channel('lxdapi:operation:start')
const END = channel('lxdapi:operation:end')
const ERROR = channel('lxdapi:operation:error')

// By the response, which an answer and the result made of it have in common.
const running = new WeakMap<APIResponse, Started>()

/** Publishes the start of the operation that an answer tells of, if it tells of one and anybody listens. */
export function publishOperationStart(answer: APIAnswer): void {
  if (!START.hasSubscribers && !END.hasSubscribers && !ERROR.hasSubscribers) return
  const { data, metadata, request, response } = answer
  if (!isEnvelope(data) || data.type !== 'async' || !isRecord(metadata)) return
  const message: OperationMessage = {
    id: String(metadata.id),
    method: request.method,
    path: request.redactedPath,
    description: typeof metadata.description === 'string' ? redactText(metadata.description) : undefined,
  }
  running.set(response, { message, begin: performance.now() })
  START.publish(message)
}

/** Publishes the end of an operation whose start was published, once. */
export function publishOperationEnd(started: APIAnswer, { metadata }: APIAnswer): void {
  const message = finish(started, Number(metadata?.status_code))
  if (message !== undefined) END.publish(message)
}

/** Publishes the failure of an operation whose start was published, once; of one that may still be running, nothing. */
export function publishOperationFailure(started: APIAnswer, error: unknown): void {
  const isOver = error instanceof APIOperationException || error instanceof APINotFoundException
  if (!isOver) return
  const status = error instanceof APIOperationException ? error.statusCode : undefined
  const message = finish(started, status)
  if (message !== undefined) ERROR.publish(Object.assign(message, { error }))
}

function finish({ response }: APIAnswer, status: number | undefined): OperationMessage | undefined {
  const known = running.get(response)
  if (known === undefined) return undefined
  running.delete(response)
  return Object.assign(known.message, { status, milliseconds: performance.now() - known.begin })
}
