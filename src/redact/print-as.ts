import { inspect } from 'node:util'

/**
 * Has `console.log` and `JSON.stringify` show an object as `view` gives it; all else about the object stays as it is.
 *
 * @returns the object itself
 */
export function printAs<T extends object>(object: T, view: (object: T) => unknown): T {
  const print = { value: () => view(object), configurable: true }
  return Object.defineProperties(object, { [inspect.custom]: print, toJSON: print })
}
