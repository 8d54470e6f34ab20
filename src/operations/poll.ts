import { FINAL_STATUS } from '../answer/envelope.ts'
import { failedOperation } from '../answer/failure.ts'
import { checkForm } from '../answer/form.ts'
import { numberIn } from '../answer/metadata.ts'
import { type Place, prepareCall } from '../client/caller.ts'
import type { Deadline } from '../common/deadline.ts'
import { isRecord } from '../common/is-record.ts'
import {
  APIException,
  APINotFoundException,
  APIOperationException,
  APITimeoutException,
} from '../errors/exceptions.ts'
import { MalformedAnswer } from '../errors/malformed-answer.ts'
import type { CallOptions } from '../request/options.ts'
import type { APIAnswer } from '../request/transaction.ts'

// How long one request may wait. Proxies commonly end a connection that is idle for a minute.
const MAX_WAIT_SECONDS = 30
// The time for an answer without a wait, and beyond the wait of a request.
const ANSWER_TIMEOUT_SECONDS = 10
// After a wait that ends sooner, polling backs off exponentially.
const SHORT_WAIT_MS = 100
const MAX_BACKOFF_MS = 2000

/**
 * Polls an operation until it ends, by requests that each wait for a bounded time.
 *
 * @throws {APITimeoutException} it has not ended at the deadline
 */
export async function poll(operation: Place, started: APIAnswer, deadline: Deadline): Promise<APIAnswer> {
  let latest = started
  for (let shortWaits = 0; ; ) {
    const begin = performance.now()
    try {
      latest = await waitOnce(operation, deadline)
      if (isFinal(latest)) return latest
      if (deadline.isExpired) break
      shortWaits = performance.now() - begin < SHORT_WAIT_MS ? shortWaits + 1 : 0
      if (shortWaits > 0) await deadline.sleep(Math.min(MAX_BACKOFF_MS, SHORT_WAIT_MS * 2 ** shortWaits))
    } catch (error) {
      if (!deadline.isExpiry(error)) throw error
      break
    }
  }
  throw timeoutOf(latest, deadline)
}

// Waits once, for a bounded time; the answer may be of an operation that is still running.
async function waitOnce(operation: Place, deadline: Deadline): Promise<APIAnswer> {
  const wait = deadline.remainingSeconds(MAX_WAIT_SECONDS)
  try {
    const { signal } = deadline
    return await read(operation, '/wait', {
      query: { timeout: wait },
      ...limit(wait + ANSWER_TIMEOUT_SECONDS),
      signal,
    })
  } catch (error) {
    if (!isDoubtful(error)) throw error
    return readAgain(operation, error, deadline)
  }
}

// A connection that broke, or an answer that reports an error, may say nothing about the state of the operation.
function isDoubtful(error: unknown): error is APIException {
  return error instanceof APIException && !(error instanceof APIOperationException)
}

async function readAgain(operation: Place, doubt: APIException, { signal }: Deadline): Promise<APIAnswer> {
  try {
    return await read(operation, '', { ...limit(ANSWER_TIMEOUT_SECONDS), signal })
  } catch (error) {
    throw failureAfter(doubt, error)
  }
}

async function read({ caller, path }: Place, below: string, options: CallOptions): Promise<APIAnswer> {
  const call = prepareCall(caller, 'GET', path + below, undefined, options)
  const answer = await checkForm(await caller.client.send(call))
  // An operation without a status would be polled forever.
  numberIn(answer, 'status_code')
  return answer
}

// The answer to the wait has the message for the caller; the second read decides the class of the exception.
function failureAfter(doubt: APIException, error: unknown): unknown {
  if (doubt.result === undefined) return error
  if (error instanceof APIOperationException && error.operation !== undefined) {
    return failedOperation(doubt.result, error.operation)
  }
  return error instanceof APINotFoundException && isOutcome(doubt) ? new APIOperationException(doubt) : error
}

// A wait that timed out, a proxy without its server, and the 404 of a forgotten operation say nothing about how it ended.
function isOutcome(doubt: APIException): boolean {
  const { error, statusCode = 0 } = doubt
  if (doubt instanceof MalformedAnswer) return false
  return !error.includes('deadline exceeded') && ![404, 502, 503, 504].includes(statusCode)
}

/** Whether an answer holds an operation that has ended. */
export function isFinal({ metadata }: APIAnswer): boolean {
  return (
    isRecord(metadata) && typeof metadata.status_code === 'number' && metadata.status_code >= FINAL_STATUS
  )
}

// Also for paths whose calls are to take less than a turn.
function limit(seconds: number): Pick<CallOptions, 'timeout' | 'idleTimeout'> {
  return { timeout: seconds, idleTimeout: seconds }
}

function timeoutOf(result: APIAnswer, { timeout }: Deadline): APITimeoutException {
  const error = `The operation is still running after ${timeout} s; it goes on`
  return new APITimeoutException({
    request: result.request,
    result,
    error,
    statusCode: result.metadata?.status_code,
  })
}
