// Linux takes the one above for "as it is".
const MAX_ID = 2 ** 32 - 2

/**
 * Refuses what is no user or group on Linux, which a server may take for root; `undefined` is none.
 *
 * @throws {TypeError} it is none
 */
export function checkId(name: string, id: number | undefined): void {
  if (id !== undefined) checkInteger(name, id, MAX_ID)
}

/**
 * Refuses what is no integer from 0 to `max`.
 *
 * @throws {TypeError} it is none
 */
export function checkInteger(name: string, value: number, max: number, shownMax = String(max)): void {
  if (Number.isInteger(value) && value >= 0 && value <= max) return
  throw new TypeError(`${name} must be an integer from 0 to ${shownMax}, not ${String(value)}`)
}

/**
 * Rejects a concurrency limit that would do nothing, or no limit; `undefined` is the default.
 *
 * @throws {TypeError} it is no integer of 1 or more
 */
export function checkConcurrency(limit: number | undefined, call: string): void {
  if (limit === undefined || (Number.isInteger(limit) && limit >= 1)) return
  throw new TypeError(`${call}: concurrency must be an integer of 1 or more, not ${String(limit)}`)
}
