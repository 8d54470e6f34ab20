import { failureOfExchange } from '../answer/failure.ts'
import { APIConnectionException, APIException, APITimeoutException } from '../errors/exceptions.ts'
import { addAdvice } from '../errors/hints.ts'
import type { APIRequest } from '../request/request.ts'
import type { Trace } from '../trace/trace.ts'

/** Returns what a request failed with, the caller's own reason or an exception, once it is in the trace. */
export function traceFailure(request: APIRequest, trace: Trace, error: unknown): unknown {
  // One that is an exception already has been traced as an answer.
  if (error instanceof APIException) return error
  const failure = failureOfExchange(request, error)
  if (trace.isEnabled) trace.failed(request, failure)
  return failure
}

/** Whether a request that failed may be sent to another server: it was surely not carried out, or it only reads. */
export function isRepeatable({ method, wasSent }: APIRequest, failure: unknown): boolean {
  const isRead = method === 'GET' || method === 'HEAD'
  if (failure instanceof APIConnectionException) return isRead || !wasSent
  if (failure instanceof APITimeoutException && !wasSent) return true
  return isRead && failure instanceof APIException && isLeaving(failure)
}

/** The failure of the last of all servers. */
export function withCount(failure: unknown, count: number): unknown {
  return count === 1 ? failure : addAdvice(failure, `as with all ${count} servers; DEBUG=lxdapi shows each`)
}

// What a member answers while it shuts down or starts up.
function isLeaving({ statusCode, error }: APIException): boolean {
  return statusCode === 503 || (statusCode === 500 && error.includes('database is closed'))
}
