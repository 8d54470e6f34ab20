import type { Dispatcher } from 'undici'

/** What this library needs of a dispatcher of undici. */
export type GivenDispatcher = Pick<Dispatcher, 'dispatch'>

/** Sends requests to one server until it is closed. */
export interface OriginDispatcher extends GivenDispatcher {
  close(): Promise<void>
}

// What a dispatcher decides itself.
const EXCLUDED = [
  'socketPath',
  'cert',
  'key',
  'serverCert',
  'fingerprint',
  'ca',
  'insecure',
  'token',
] as const

/**
 * Checks a caller's dispatcher, and that no option beside it is about connections.
 *
 * @throws {TypeError} it is no dispatcher, or there is such an option
 */
export function checkGivenDispatcher(
  dispatcher: GivenDispatcher,
  options: { readonly [name in (typeof EXCLUDED)[number]]?: unknown },
): void {
  if (typeof dispatcher?.dispatch !== 'function')
    throw new TypeError('dispatcher must be a Dispatcher of undici, such as a MockAgent or a ProxyAgent')
  const given = EXCLUDED.filter(name => options[name] !== undefined && options[name] !== false)
  if (given.length === 0) return
  throw new TypeError(`${given.join(', ')}: not beside dispatcher, which makes the connections`)
}

/** The part of a caller's dispatcher that is for one server; closing it leaves the dispatcher open. */
export function dispatcherFor(origin: string, dispatcher: GivenDispatcher): OriginDispatcher {
  return {
    // One of many servers, such as an Agent, finds the server by the origin.
    dispatch: (options, handler) => dispatcher.dispatch({ ...options, origin }, handler),
    // It is the caller's, who may use it for more.
    close: async () => {},
  }
}
