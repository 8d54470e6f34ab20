import { STATUS_CODES } from 'node:http'
import { Readable } from 'node:stream'
import { errors } from 'undici'
import { isEnvelope, isRecord } from '../answer/envelope.ts'
import { SourceError } from '../request/body.ts'
import type { APIRequest } from '../request/request.ts'
import type { APIResult } from '../result.ts'
import {
  APICancelledException,
  APIConnectionException,
  APIException,
  APIForbiddenException,
  APINotFoundException,
  APIOperationException,
  APIPreconditionFailedException,
  APITimeoutException,
} from './exceptions.ts'
import { MalformedAnswer } from './malformed-answer.ts'

const CLASSES: Readonly<Record<number, typeof APIException>> = {
  401: APIForbiddenException,
  403: APIForbiddenException,
  404: APINotFoundException,
  412: APIPreconditionFailedException,
}

const CANCELLED = 401
const NOT_MODIFIED = 304

/** The server could not be reached in the time that the call had. */
export class ConnectTimeoutError extends Error {
  constructor(seconds: number) {
    super(`There was no connection to the server within ${seconds} s`)
  }
}

/** The exception that a result calls for; `undefined` where it tells of no failure. */
export function failureOf(result: APIResult): APIException | undefined {
  const { data, metadata, response } = result
  if (response.statusCode >= 300 && response.statusCode !== NOT_MODIFIED)
    return failedCall(result, response.statusCode)
  // Some versions answer a failed wait so: HTTP 200, and the error in the envelope only.
  if (isEnvelope(data) && data.type === 'error') return failedCall(result, data.error_code)
  return isRecord(metadata) ? failedOperation(result, metadata) : undefined
}

/** The exception for an operation that failed or was cancelled; `told` is the result to blame it on. */
export function failedOperation(
  told: APIResult,
  operation: Record<string, unknown>,
): APIException | undefined {
  const { status_code: statusCode } = operation
  if (typeof statusCode !== 'number' || statusCode < 400) return undefined
  const Exception = statusCode === CANCELLED ? APICancelledException : APIOperationException
  const details = { request: told.request, result: told, statusCode, error: wordsOf(operation) }
  return new Exception(details, operation)
}

/** The exception for a document that can't be parsed. */
export function unreadable(result: APIResult, problem: unknown): APIException {
  // V8 quotes the document in its message, and there may be a secret in it.
  const words = String(problem).replace(/,? ?(\.\.\.)?".*"(\.\.\.)? is not valid JSON$/s, '')
  return new MalformedAnswer(result, `The answer is not valid JSON: ${words}`)
}

/** What a request fails with that got no answer, or not all of it: the caller's own reason, or an exception. */
export function failureOfExchange(request: APIRequest, error: unknown): unknown {
  const { signals, body } = request
  if (signals.some(({ aborted, reason }) => aborted && error === reason)) return error
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return new APITimeoutException({ request, error: silenceOf(request), cause: error })
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

function silenceOf({ timeout }: APIRequest): string {
  return `The server was silent for ${timeout ?? 300} s`
}

function failedCall(result: APIResult, statusCode: number): APIException {
  const Exception = CLASSES[statusCode] ?? APIException
  return new Exception({ request: result.request, result, statusCode, error: errorOf(result, statusCode) })
}

// A cancelled operation has an empty `err`.
function wordsOf({ err, status }: Record<string, unknown>): string {
  return String(err || (status ? `The operation ended as ${status}` : 'The operation failed'))
}

function errorOf({ data, response }: APIResult, statusCode: number): string {
  // Neither credentials nor bodies travel to where somebody else says.
  if (statusCode < 400)
    return `HTTP ${statusCode}: it is at ${response.headers.location}, where lxdapi does not follow`
  if (isRecord(data) && data.error) return String(data.error)
  if (typeof data === 'string' && data.trim() !== '') return data.trim()
  return `HTTP ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`.trimEnd()
}
