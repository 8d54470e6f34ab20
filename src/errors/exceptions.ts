import type { APIRequest } from '../request/request.ts'
import type { APIAnswer } from '../request/transaction.ts'
import { isConflict } from './conflict.ts'
import { explainFailure } from './connection-error.ts'
import { APIException, type ExceptionDetails, hide } from './exception.ts'
import { APIFileException } from './file-exception.ts'

export { APIException, APIFileException, type ExceptionDetails }

/** HTTP 404: the resource does not exist; over SFTP, a file does not, which is an {@link APIFileException} too. */
export class APINotFoundException extends APIException {
  declare readonly result: APIAnswer

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (!(value instanceof APIException)) return false
    return value.constructor === APINotFoundException || isMissingFile(value)
  }

  override get name(): string {
    return 'APINotFoundException'
  }
}

/** HTTP 401 or 403: this client is not authorized. */
export class APIForbiddenException extends APIException {
  declare readonly result: APIAnswer

  override get name(): string {
    return 'APIForbiddenException'
  }
}

/**
 * The name, address or the like is taken: "already exists", "already in use", "UNIQUE constraint failed". The message of the
 * server decides, since the status is a 400, a 409 or a 500, depending on the version.
 *
 * An operation that fails for this reason is an {@link APIOperationException}, and an `instanceof` of this class too: test
 * for this one first to distinguish them.
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

/** HTTP 412: the resource has changed since it was read; read it again, then retry. */
export class APIPreconditionFailedException extends APIException {
  declare readonly result: APIAnswer

  override get name(): string {
    return 'APIPreconditionFailedException'
  }
}

/** An operation failed: the call was accepted, but its background operation failed. */
export class APIOperationException extends APIException {
  declare readonly result: APIAnswer
  /** The operation as the server last reported it; `undefined` if it reported only the error. */
  declare readonly operation: Readonly<Record<string, unknown>> | undefined
  /** The answer to the call that started the operation; `undefined` if the operation was only read. */
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

/** An operation was cancelled. */
export class APICancelledException extends APIOperationException {
  override get name(): string {
    return 'APICancelledException'
  }
}

/** The `timeout` has expired; what was started may still be running. */
export class APITimeoutException extends APIException {
  override get name(): string {
    return 'APITimeoutException'
  }
}

/** There was no answer, or it was incomplete; `cause` is the error of the connection. */
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
 * A transfer was interrupted; `cause` is the exception that ended it.
 *
 * It is not retried: only the other side knows how much it has received.
 */
export class APITransferException extends APIException {
  declare readonly cause: APIException
  /** The number of bytes transferred. */
  readonly bytes: number
  /** The total number of bytes; `undefined` if unknown. */
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

/** A connection to a port inside an instance could not be opened, or has failed. */
export class APIPortException extends APIException {
  /** What happened, as Node.js names it: `ECONNREFUSED`, `ECONNRESET`, …; `undefined` if unknown. */
  readonly code: string | undefined

  constructor(details: ExceptionDetails, code: string | undefined) {
    super(details)
    this.code = code
  }

  override get name(): string {
    return 'APIPortException'
  }

  protected override copyWith({ notes }: Partial<ExceptionDetails>): APIException {
    const { request, result, error, cause, code } = this
    return new APIPortException({ request, result, error, cause, notes }, code)
  }
}

function isMissingFile(exception: APIException): boolean {
  return exception instanceof APIFileException && exception.code === 'ENOENT'
}

function isConflictOf(exception: APIException): boolean {
  return exception instanceof APIOperationException && isConflict(exception.error)
}
