import { APIException } from '../errors/exceptions.ts'
import type { Call } from '../request/call.ts'

// A GET of a pipe without a writer is never answered.
const MESSAGE_TIMEOUT_SECONDS = 5

/** Whether a HEAD failed without the message that a GET would have. */
export function isWithoutMessage(error: unknown): error is APIException {
  return error instanceof APIException && error.statusCode === 500
}

/** The GET that reads the message of a failed HEAD. */
export function toGet(call: Call): Call {
  return {
    ...call,
    method: 'GET',
    idleTimeout: Math.min(call.idleTimeout ?? MESSAGE_TIMEOUT_SECONDS, MESSAGE_TIMEOUT_SECONDS),
  }
}
