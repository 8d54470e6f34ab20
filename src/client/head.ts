import { APIException } from '../errors/exceptions.ts'
import type { Call } from '../request/call.ts'

// Seconds. A GET of a pipe that nobody writes to is never answered.
const MESSAGE_TIMEOUT_SECONDS = 5

/** Whether a HEAD failed in a way that only the words of the server could tell. */
export function isWithoutMessage(error: unknown): error is APIException {
  return error instanceof APIException && error.statusCode === 500
}

/** The GET that asks for what a HEAD is not told. */
export function toGet(call: Call): Call {
  return {
    ...call,
    method: 'GET',
    idleTimeout: Math.min(call.idleTimeout ?? MESSAGE_TIMEOUT_SECONDS, MESSAGE_TIMEOUT_SECONDS),
  }
}
