import { sleep } from '../../common/sleep.ts'
import { isConflict } from '../../errors/conflict.ts'
import {
  APIException,
  APIOperationException,
  APIPreconditionFailedException,
  APITimeoutException,
  APITransferException,
} from '../../errors/exceptions.ts'
import { MalformedAnswer } from '../../errors/malformed-answer.ts'

// Of several clients that write at once, one succeeds in each round.
const MAX_ATTEMPTS = 100
// About 8 s, with the backoff below: what lasts longer is an operation, which is waited for, or never ends.
const MAX_BUSY_ATTEMPTS = 20
const MAX_SERVER_ERROR_ATTEMPTS = 4

const INITIAL_BACKOFF_MS = 50
const MAX_BACKOFF_MS = 500

/** Whether the server answered, and refused the request. */
export function isRefusal(error: unknown): error is APIException {
  if (error instanceof APITimeoutException || error instanceof APITransferException) return false
  if (error instanceof MalformedAnswer) return false
  return error instanceof APIException && error.result !== undefined
}

/** Whether the server refused because the resource has changed since it was read. */
export function isOutdated(error: APIException): boolean {
  return error instanceof APIPreconditionFailedException
}

/** Whether the server refused because of concurrent work of another client, in an operation or without one. */
export function isBusy(error: APIException): boolean {
  return (
    /\bbusy running\b|\bmatching non-reusable operation\b|\bdatabase is locked\b/i.test(error.error) ||
    error.statusCode === 409 ||
    isConflict(error.error)
  )
}

/** Whether to retry after a refusal; `isSame` tells whether the next step is the one that was refused. */
export function isWorthRetrying(refusal: APIException, attempts: number, isSame: boolean): boolean {
  if (isBusy(refusal)) return attempts < MAX_BUSY_ATTEMPTS
  if (isOutdated(refusal) || !isSame) return attempts < MAX_ATTEMPTS
  return isServerError(refusal) && attempts < MAX_SERVER_ERROR_ATTEMPTS
}

// A server may fail on something that another client is changing.
function isServerError(refusal: APIException): boolean {
  return refusal.statusCode === 500 && !(refusal instanceof APIOperationException)
}

/** Backs off with jitter, so that clients that wrote at the same moment don't collide again; linear in `attempts`. */
export async function backOffRandomly(attempts: number): Promise<void> {
  await sleep(Math.random() * Math.min(INITIAL_BACKOFF_MS * attempts, MAX_BACKOFF_MS))
}

/** Whether there were too many attempts, even if other clients were the reason. */
export function hasExhaustedRetries(attempts: number): boolean {
  return attempts >= MAX_ATTEMPTS
}

/** Backs off without jitter, for a server that is busy; linear in `attempts`. */
export async function backOff(attempts: number): Promise<void> {
  await sleep(Math.min(INITIAL_BACKOFF_MS * attempts, MAX_BACKOFF_MS))
}
