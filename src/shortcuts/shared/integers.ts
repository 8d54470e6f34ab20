// To Linux, the next number means "unchanged".
const MAX_ID = 2 ** 32 - 2

/**
 * Rejects what is not the id of a user or group on Linux, which a server may take for root; accepts `undefined`.
 *
 * @throws {TypeError} it is not an id
 */
export function checkId(name: string, id: number | undefined): void {
  if (id !== undefined) checkInteger(name, id, MAX_ID)
}

/**
 * Rejects what is not an integer from 0 to `max`.
 *
 * @throws {TypeError} it is not such an integer
 */
export function checkInteger(name: string, value: number, max: number, shownMax = String(max)): void {
  if (Number.isInteger(value) && value >= 0 && value <= max) return
  throw new TypeError(`${name} must be an integer from 0 to ${shownMax}, not ${String(value)}`)
}

/**
 * Rejects an invalid concurrency limit; `undefined` is the default.
 *
 * @throws {TypeError} it is not an integer of 1 or more
 */
export function checkConcurrency(limit: number | undefined, call: string): void {
  if (limit === undefined || (Number.isInteger(limit) && limit >= 1)) return
  throw new TypeError(`${call}: concurrency must be an integer of 1 or more, not ${String(limit)}`)
}
