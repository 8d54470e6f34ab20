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

// Of so many who write at once, one gets through each time.
const MAX_ATTEMPTS = 100
// About 8 s, with the pauses below: what lasts longer is an operation, which is waited for, or will not end.
const MAX_BUSY_ATTEMPTS = 20
const MAX_SERVER_ERROR_ATTEMPTS = 4

// Milliseconds.
const INITIAL_BACKOFF_MS = 50
const MAX_BACKOFF_MS = 500

/** Did the server answer, and say no? */
export function isRefusal(error: unknown): error is APIException {
  if (error instanceof APITimeoutException || error instanceof APITransferException) return false
  if (error instanceof MalformedAnswer) return false
  return error instanceof APIException && error.result !== undefined
}

/** Did it say no because what was to be changed is no longer what was read? */
export function isOutdated(error: APIException): boolean {
  return error instanceof APIPreconditionFailedException
}

/** Did it say no because of what somebody else does at this moment, in an operation or unseen? */
export function isBusy(error: APIException): boolean {
  return (
    /\bbusy running\b|\bmatching non-reusable operation\b|\bdatabase is locked\b/i.test(error.error) ||
    error.statusCode === 409 ||
    isConflict(error.error)
  )
}

/** Is it worth another try? That depends also on whether there is still the same to do as when it was refused. */
export function isWorthRetrying(refusal: APIException, attempts: number, isSame: boolean): boolean {
  if (isBusy(refusal)) return attempts < MAX_BUSY_ATTEMPTS
  if (isOutdated(refusal) || !isSame) return attempts < MAX_ATTEMPTS
  return isServerError(refusal) && attempts < MAX_SERVER_ERROR_ATTEMPTS
}

// What a server stumbled over may be something that somebody else was changing.
function isServerError(refusal: APIException): boolean {
  return refusal.statusCode === 500 && !(refusal instanceof APIOperationException)
}

/** Backs off for a random while, so that those who wrote at the same moment don't do so again; longer from try to try. */
export async function backOffRandomly(attempts: number): Promise<void> {
  await sleep(Math.random() * Math.min(INITIAL_BACKOFF_MS * attempts, MAX_BACKOFF_MS))
}

/** Whether so many attempts are enough, though others may be the reason that they were in vain. */
export function hasExhaustedRetries(attempts: number): boolean {
  return attempts >= MAX_ATTEMPTS
}

/** Leaves time for what a server is busy with; more from try to try. */
export async function backOff(attempts: number): Promise<void> {
  await sleep(Math.min(INITIAL_BACKOFF_MS * attempts, MAX_BACKOFF_MS))
}
