import { redactText, showsSecret } from '../redact/redact.ts'
import type { APIRequest } from '../request/request.ts'
import type { APIResult } from '../result.ts'
import { explainFailure } from './connection-error.ts'

/** What an exception is made of: the transaction, and what went wrong with it. */
export interface ExceptionDetails {
  readonly request: APIRequest
  readonly result?: APIResult
  readonly error: string
  readonly statusCode?: number
  readonly cause?: unknown
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
  declare readonly result: APIResult | undefined
  /** What went wrong, in the server's own words where it answered. */
  readonly error: string
  /** The HTTP status, or that of the operation that failed; `undefined` where nothing was answered. */
  readonly statusCode: number | undefined

  constructor({ request, result, error, statusCode, cause }: ExceptionDetails) {
    super(`${request} ${redactText(error)}`)
    if (cause !== undefined) setCause(this, cause)
    hide(this, { request, result })
    this.error = redactText(error)
    this.statusCode = statusCode ?? result?.response.statusCode
  }

  override get name(): string {
    return 'APIException'
  }
}

/** HTTP 404: what was asked for does not exist. */
export class APINotFoundException extends APIException {
  declare readonly result: APIResult

  override get name(): string {
    return 'APINotFoundException'
  }
}

/** HTTP 401 or 403: this client may not do that. */
export class APIForbiddenException extends APIException {
  declare readonly result: APIResult

  override get name(): string {
    return 'APIForbiddenException'
  }
}

/** HTTP 412: what was read has changed meanwhile; read it again, then try again. */
export class APIPreconditionFailedException extends APIException {
  declare readonly result: APIResult

  override get name(): string {
    return 'APIPreconditionFailedException'
  }
}

/** An operation that failed: the call was accepted, and what it started went wrong. */
export class APIOperationException extends APIException {
  declare readonly result: APIResult
  /** The operation as the server last told it; `undefined` where the server told nothing but the error. */
  declare readonly operation: Readonly<Record<string, unknown>> | undefined

  constructor(details: ExceptionDetails, operation?: Readonly<Record<string, unknown>>) {
    super(details)
    hide(this, { operation })
  }

  override get name(): string {
    return 'APIOperationException'
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
  constructor(request: APIRequest, cause: unknown) {
    super({ request, error: explainFailure(cause, request), cause })
  }

  override get name(): string {
    return 'APIConnectionException'
  }
}

/**
 * Bytes that were on their way and did not all arrive; `cause` is the exception that ended it.
 *
 * Nothing is sent again by itself: how much of it the other side had taken, only that side knows.
 */
export class APITransferException extends APIException {
  /** How many bytes had gone over. */
  readonly bytes: number
  /** How many there were; `undefined` where nobody knew. */
  readonly total: number | undefined

  constructor(cause: APIException, bytes: number, total: number | undefined) {
    const error = `${cause.error}, after ${bytes}${total === undefined ? '' : ` of ${total}`} bytes`
    super({ request: cause.request, result: cause.result, error, cause })
    this.bytes = bytes
    this.total = total
  }

  override get name(): string {
    return 'APITransferException'
  }
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
