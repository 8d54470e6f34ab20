import { APIConnectionException, APIException, APITimeoutException } from './exceptions.ts'

const TOO_MANY_REQUESTS = 429

/** Whether a failure may pass: nothing answered, or a server that is starting or has too much to do. */
export function isTemporary(error: unknown): boolean {
  if (error instanceof APIConnectionException || error instanceof APITimeoutException) return true
  if (!(error instanceof APIException)) return false
  const { statusCode = 0 } = error
  return statusCode >= 500 || statusCode === TOO_MANY_REQUESTS
}
