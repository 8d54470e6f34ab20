import { types } from 'node:util'

/**
 * Whether a value is an error.
 *
 * `instanceof Error` is false for the errors of Node.js where this library runs in a realm of its own, as in Jest.
 */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error || value instanceof DOMException
}

/** Whether a value is a `TypeError`, of whatever realm. */
export function isTypeError(value: unknown): value is TypeError {
  return isError(value) && value.name === 'TypeError'
}
