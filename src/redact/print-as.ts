import { inspect } from 'node:util'

/**
 * Makes `console.log` and `JSON.stringify` print the result of `view` instead of the object, which is otherwise unchanged.
 *
 * @returns the object itself
 */
export function printAs<T extends object>(object: T, view: (object: T) => unknown): T {
  const print = { value: () => view(object), configurable: true }
  return Object.defineProperties(object, { [inspect.custom]: print, toJSON: print })
}
