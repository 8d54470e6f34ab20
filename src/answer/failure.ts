import { STATUS_CODES } from 'node:http'
import { Readable } from 'node:stream'
import { errors } from '#undici'
import { isRecord } from '../common/is-record.ts'
import type { TlsSettings } from '../connection/connector.ts'
import { isConflict } from '../errors/conflict.ts'
import {
  APICancelledException,
  APIConflictException,
  APIConnectionException,
  APIException,
  APIForbiddenException,
  APINotFoundException,
  APIOperationException,
  APIPreconditionFailedException,
  APITimeoutException,
} from '../errors/exceptions.ts'
import { hintFor } from '../errors/hints.ts'
import { MalformedAnswer } from '../errors/malformed-answer.ts'
import { SourceError } from '../request/body.ts'
import type { APIRequest } from '../request/request.ts'
import type { APIAnswer } from '../request/transaction.ts'
import { isEnvelope } from './envelope.ts'

const CLASSES: Readonly<Record<number, typeof APIException>> = {
  401: APIForbiddenException,
  403: APIForbiddenException,
  404: APINotFoundException,
  412: APIPreconditionFailedException,
}

const ISSUER_HEADERS = ['x-lxd-oidc-issuer', 'x-incus-oidc-issuer']
const CANCELLED = 401
const NOT_MODIFIED = 304

/** The server could not be reached in the time that the call had. */
export class ConnectTimeoutError extends Error {
  constructor(seconds: number) {
    super(`There was no connection to the server within ${seconds} s`)
  }
}

/** Throws the exception for an answer that reports a failure, with a hint that depends on the client's TLS settings. */
export function throwFailure(answer: APIAnswer, tls?: TlsSettings): void {
  const failure = failureOf(answer, tls)
  if (failure === undefined) return
  // V8 keeps ten frames; those of the caller are worth more than those that led here.
  Error.captureStackTrace(failure, throwFailure)
  throw failure
}

function failureOf(answer: APIAnswer, tls: TlsSettings | undefined): APIException | undefined {
  const { data, metadata, response } = answer
  if (response.statusCode >= 300 && response.statusCode !== NOT_MODIFIED)
    return failedCall(answer, response.statusCode, tls)
  // Some versions answer a failed wait so: HTTP 200, and the error in the envelope only.
  if (isEnvelope(data) && data.type === 'error') return failedCall(answer, data.error_code, tls)
  return isRecord(metadata) ? failedOperation(answer, metadata) : undefined
}

/** The exception for an operation that failed or was cancelled; `result` is the answer that it holds. */
export function failedOperation(
  result: APIAnswer,
  operation: Record<string, unknown>,
): APIException | undefined {
  const { status_code: statusCode } = operation
  if (typeof statusCode !== 'number' || statusCode < 400) return undefined
  const Exception = statusCode === CANCELLED ? APICancelledException : APIOperationException
  return new Exception({
    request: result.request,
    result,
    statusCode,
    error: messageOf(operation),
    operation,
  })
}

/** The exception for a document that can't be parsed. */
export function unreadable(result: APIAnswer, problem: unknown): APIException {
  // V8 quotes the document in its message, and there may be a secret in it.
  const words = String(problem).replace(/,? ?(\.\.\.)?".*"(\.\.\.)? is not valid JSON$/s, '')
  return new MalformedAnswer(result, `The answer is not valid JSON: ${words}`)
}

/** The failure of a request that got no answer, or not all of it: the reason of its signal, or an exception. */
export function failureOfExchange(request: APIRequest, error: unknown): unknown {
  const { signals, body } = request
  if (signals.some(({ aborted, reason }) => aborted && error === reason)) return error
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return new APITimeoutException({ request, error: idleMessage(request), cause: error })
  }
  if (error instanceof ConnectTimeoutError)
    return new APITimeoutException({ request, error: error.message, cause: error })
  if (body instanceof Readable && body.errored === error) return failedSource(request, error)
  if (error instanceof SourceError) return failedSource(request, error.cause)
  return new APIConnectionException(request, error)
}

function failedSource(request: APIRequest, cause: unknown): APIException {
  return new APIException({ request, error: `The stream to send failed: ${String(cause)}`, cause })
}

function idleMessage({ idleTimeout }: APIRequest): string {
  return `The server was silent for ${idleTimeout ?? 300} s`
}

function failedCall(result: APIAnswer, statusCode: number, tls: TlsSettings | undefined): APIException {
  const { request } = result
  const error = errorOf(result, statusCode)
  const Exception = CLASSES[statusCode] ?? (isConflict(error) ? APIConflictException : APIException)
  const isForbidden = Exception === APIForbiddenException
  const namesIssuer = ISSUER_HEADERS.some(name => name in result.response.headers)
  const hint = hintFor({ request, error, isForbidden, namesIssuer }, tls)
  return new Exception({ request, result, statusCode, error, notes: hint === undefined ? [] : [hint] })
}

// A cancelled operation has an empty `err`.
function messageOf({ err, status }: Record<string, unknown>): string {
  return String(err || (status ? `The operation ended as ${status}` : 'The operation failed'))
}

function errorOf({ data, response }: APIAnswer, statusCode: number): string {
  // Redirects are not followed: neither credentials nor bodies may go to another server.
  if (statusCode < 400)
    return `HTTP ${statusCode}: it is at ${response.headers.location}, where lxdapi does not follow`
  if (isRecord(data) && data.error) return String(data.error)
  if (typeof data === 'string' && data.trim() !== '') return data.trim()
  return `HTTP ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`.trimEnd()
}
