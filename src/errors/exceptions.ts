import { redactText, showsSecret } from '../redact/redact.ts'
import type { APIRequest } from '../request/request.ts'
import type { APIAnswer } from '../request/transaction.ts'
import { isConflict } from './conflict.ts'
import { explainFailure } from './connection-error.ts'
import { describeCall } from './started.ts'

/** What an exception is made of: the transaction, and what went wrong with it. */
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
  /** What the message ends with: each note in its own brackets, and without secrets. */
  readonly notes?: readonly string[]
}

/**
 * A transaction that failed. Its message reads `METHOD url error`, with the server's own words.
 *
 * Thrown as it is on any HTTP status of 400 and over that has no class of its own, on a redirect, and on an answer that
 * can't be read. All other exceptions of this library extend it.
 *
 * @example
 * try { await api.profiles.post({ name: 'web' }) }
 * catch (error) { if (error instanceof APIException) console.error(error.statusCode, error.error) }
 */
export class APIException extends Error {
  /** What was sent. */
  declare readonly request: APIRequest
  /** What was answered; `undefined` where nothing was. */
  declare readonly result: APIAnswer | undefined
  /** What went wrong, in the server's own words where it answered. */
  readonly error: string
  /** The HTTP status, or that of the operation that failed; `undefined` where nothing was answered. */
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

/** HTTP 404: what was asked for does not exist. */
export class APINotFoundException extends APIException {
  declare readonly result: APIAnswer

  override get name(): string {
    return 'APINotFoundException'
  }
}

/** HTTP 401 or 403: this client may not do that. */
export class APIForbiddenException extends APIException {
  declare readonly result: APIAnswer

  override get name(): string {
    return 'APIForbiddenException'
  }
}

/**
 * The name, address or the like is taken: "already exists", "already in use", "UNIQUE constraint failed". The words of the
 * server decide, since the status is a 400, a 409 or a 500, depending on the version.
 *
 * An operation that fails so is an {@link APIOperationException}, and an `instanceof` of this one too: ask for this one
 * first where both are told apart.
 *
 * @example
 * try { await api.instances.post({ name: 'web', source }).wait() }
 * catch (error) { if (!(error instanceof APIConflictException)) throw error }
 */
export class APIConflictException extends APIException {
  declare readonly result: APIAnswer

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (!(value instanceof APIException)) return false
    return value.constructor === APIConflictException || isConflictOf(value)
  }

  override get name(): string {
    return 'APIConflictException'
  }
}

/** HTTP 412: what was read has changed meanwhile; read it again, then try again. */
export class APIPreconditionFailedException extends APIException {
  declare readonly result: APIAnswer

  override get name(): string {
    return 'APIPreconditionFailedException'
  }
}

/** An operation that failed: the call was accepted, and what it started went wrong. */
export class APIOperationException extends APIException {
  declare readonly result: APIAnswer
  /** The operation as the server last told it; `undefined` where the server told nothing but the error. */
  declare readonly operation: Readonly<Record<string, unknown>> | undefined
  /** The answer to the call that started the operation; `undefined` where the operation was only read. */
  declare readonly started: APIAnswer | undefined

  constructor(details: ExceptionDetails) {
    super(details)
    const { operation, started } = details
    hide(this, { operation, started })
  }

  override get name(): string {
    return 'APIOperationException'
  }

  /** @internal The same exception, with the call that started the operation behind its message. */
  startedBy(started: APIAnswer): APIException {
    return this.copyWith({ started })
  }
}

/** An operation that somebody cancelled. */
export class APICancelledException extends APIOperationException {
  override get name(): string {
    return 'APICancelledException'
  }
}

/** It took longer than the `timeout` that was given; what was started may still be going on. */
export class APITimeoutException extends APIException {
  override get name(): string {
    return 'APITimeoutException'
  }
}

/** Nothing answered, or the answer was cut short; `cause` is the error of the connection. */
export class APIConnectionException extends APIException {
  constructor(request: APIRequest, cause: unknown, notes?: readonly string[]) {
    super({ request, error: explainFailure(cause, request), cause, notes })
  }

  override get name(): string {
    return 'APIConnectionException'
  }

  protected override copyWith({ notes }: Partial<ExceptionDetails>): APIException {
    return new APIConnectionException(this.request, this.cause, notes)
  }
}

/**
 * Bytes that were on their way and did not all arrive; `cause` is the exception that ended it.
 *
 * Nothing is sent again by itself: how much of it the other side had taken, only that side knows.
 */
export class APITransferException extends APIException {
  declare readonly cause: APIException
  /** How many bytes had gone over. */
  readonly bytes: number
  /** How many there were; `undefined` where nobody knew. */
  readonly total: number | undefined

  constructor(cause: APIException, bytes: number, total: number | undefined, notes?: readonly string[]) {
    const error = `${cause.error}, after ${bytes}${total === undefined ? '' : ` of ${total}`} bytes`
    super({ request: cause.request, result: cause.result, error, cause, notes })
    this.bytes = bytes
    this.total = total
  }

  override get name(): string {
    return 'APITransferException'
  }

  protected override copyWith({ notes }: Partial<ExceptionDetails>): APIException {
    return new APITransferException(this.cause, this.bytes, this.total, notes)
  }
}

function isConflictOf(exception: APIException): boolean {
  return exception instanceof APIOperationException && isConflict(exception.error)
}

function notesOf({ started, notes = [] }: ExceptionDetails): readonly string[] {
  return started === undefined ? notes : [`(${describeCall(started.request)})`, ...notes]
}

// Node prints a cause with all that it says. Of an accessor it only prints that there is one.
function setCause(exception: APIException, cause: unknown): void {
  const isShown = cause instanceof APIException || !showsSecret(cause)
  const property = isShown ? { value: cause, writable: true } : { get: () => cause }
  Object.defineProperty(exception, 'cause', { ...property, configurable: true })
}

// Node prints an uncaught exception with all that can be enumerated in it, headers and secrets included.
function hide(exception: APIException, properties: object): void {
  for (const [name, value] of Object.entries(properties)) Object.defineProperty(exception, name, { value })
}
