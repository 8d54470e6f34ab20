import { redactText, showsSecret } from '../redact/redact.ts'
import type { APIRequest } from '../request/request.ts'
import type { APIAnswer } from '../request/transaction.ts'
import { describeCall } from './started.ts'

/** The details of an exception: the transaction, and its failure. */
export interface ExceptionDetails {
  readonly request: APIRequest
  readonly result?: APIAnswer
  readonly error: string
  readonly statusCode?: number
  readonly cause?: unknown
  /** The operation that failed. */
  readonly operation?: Readonly<Record<string, unknown>>
  /** The answer to the call that started it. */
  readonly started?: APIAnswer
  /** Notes at the end of the message: each in its own brackets, and without secrets. */
  readonly notes?: readonly string[]
}

/**
 * A transaction that failed. Its message reads `METHOD url error`, with the message of the server.
 *
 * Thrown itself for any HTTP status of 400 and above without a class of its own, for a redirect, and for an answer that
 * can't be parsed. All other exceptions of this library extend it.
 *
 * @example
 * try { await api.profiles.post({ name: 'web' }) }
 * catch (error) { if (error instanceof APIException) console.error(error.statusCode, error.error) }
 */
export class APIException extends Error {
  /** The request. */
  declare readonly request: APIRequest
  /** The answer; `undefined` if there was none. */
  declare readonly result: APIAnswer | undefined
  /** The message of the server; without an answer, that of this library. */
  readonly error: string
  /** The HTTP status, or that of the operation that failed; `undefined` without an answer. */
  readonly statusCode: number | undefined

  readonly #details: ExceptionDetails

  constructor(details: ExceptionDetails) {
    const { request, result, error, statusCode, cause } = details
    super([request, redactText(error), ...notesOf(details)].join(' '))
    this.#details = details
    if (cause !== undefined) setCause(this, cause)
    hide(this, { request, result })
    this.error = redactText(error)
    this.statusCode = statusCode ?? result?.response.statusCode
  }

  /**
   * @internal The same exception with more behind its message, such as a hint or how far it came: each note in its own
   * brackets, and without secrets.
   */
  withNotes(...notes: readonly string[]): APIException {
    return this.copyWith({ notes: [...(this.#details.notes ?? []), ...notes] })
  }

  /** @internal The same exception with other details. */
  protected copyWith(details: Partial<ExceptionDetails>): APIException {
    // Safe cast: a subclass whose constructor takes anything else has a method of its own.
    const Exception = this.constructor as new (details: ExceptionDetails) => APIException
    return new Exception({ ...this.#details, ...details })
  }

  override get name(): string {
    return 'APIException'
  }
}

function notesOf({ started, notes = [] }: ExceptionDetails): readonly string[] {
  return started === undefined ? notes : [`(${describeCall(started.request)})`, ...notes]
}

// Node prints a cause in full, but an accessor only as such.
function setCause(exception: APIException, cause: unknown): void {
  const isShown = cause instanceof APIException || !showsSecret(cause)
  const property = isShown ? { value: cause, writable: true } : { get: () => cause }
  Object.defineProperty(exception, 'cause', { ...property, configurable: true })
}

/**
 * Sets properties that can't be enumerated: Node prints an uncaught exception with all that can, headers and secrets
 * included.
 */
export function hide(exception: APIException, properties: object): void {
  for (const [name, value] of Object.entries(properties)) Object.defineProperty(exception, name, { value })
}
