import { setTimeout as pause } from 'node:timers/promises'
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
const MOST_TRIES = 100
// About 8 s, with the pauses below: what lasts longer is an operation, which is waited for, or will not end.
const MOST_BUSY_TRIES = 20
const MOST_BROKEN_TRIES = 4

// Milliseconds.
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 500

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
export function isWorthTrying(refusal: APIException, tries: number, isSame: boolean): boolean {
  if (isBusy(refusal)) return tries < MOST_BUSY_TRIES
  if (isOutdated(refusal) || !isSame) return tries < MOST_TRIES
  return isBroken(refusal) && tries < MOST_BROKEN_TRIES
}

// What a server stumbled over may be something that somebody else was changing.
function isBroken(refusal: APIException): boolean {
  return refusal.statusCode === 500 && !(refusal instanceof APIOperationException)
}

/** Backs off for a random while, so that those who wrote at the same moment don't do so again; longer from try to try. */
export async function backOff(tries: number): Promise<void> {
  await pause(Math.random() * Math.min(FIRST_PAUSE * tries, LONGEST_PAUSE))
}

/** Whether so many tries are enough, though others may be the reason that they were in vain. */
export function isTooOften(tries: number): boolean {
  return tries >= MOST_TRIES
}

/** Leaves time for what a server is busy with; more from try to try. */
export async function giveTime(tries: number): Promise<void> {
  await pause(Math.min(FIRST_PAUSE * tries, LONGEST_PAUSE))
}
