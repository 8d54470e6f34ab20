import type { APIRequest } from '../request/request.ts'
import type { APIAnswer } from '../request/transaction.ts'
import { isConflict } from './conflict.ts'
import { explainFailure } from './connection-error.ts'
import { APIException, type ExceptionDetails, hide } from './exception.ts'

export { APIException, type ExceptionDetails }

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
