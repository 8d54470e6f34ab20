import { setTimeout as pause } from 'node:timers/promises'
import { APIException, APITimeoutException } from '../exceptions.ts'

/** How often it is worth trying what others interfere with. */
export const MOST_TRIES = 20

/** Did the server answer, and say no? */
export function isRefusal(error: unknown): error is APIException {
  return (
    error instanceof APIException && error.result !== undefined && !(error instanceof APITimeoutException)
  )
}

/** Did it say no because something else is, or was, being done to the instance, in an operation or unseen? */
export function isBusy(error: APIException): boolean {
  return /\bbusy running\b|\bmatching non-reusable operation\b/.test(error.error)
}

/** Leaves time for what a server is busy with; more from try to try. */
export async function giveTime(tries: number): Promise<void> {
  await pause(50 * tries)
}
