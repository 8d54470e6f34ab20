import type { Dispatcher } from 'undici'

/** What this library needs of a dispatcher of undici. */
export type GivenDispatcher = Pick<Dispatcher, 'dispatch'>

/** Sends requests to one server until it is closed. */
export interface OriginDispatcher extends GivenDispatcher {
  close(): Promise<void>
}

/**
 * Checks a caller's dispatcher.
 *
 * @throws {TypeError} it is none
 */
export function checkGivenDispatcher(dispatcher: GivenDispatcher): void {
  if (typeof dispatcher?.dispatch !== 'function')
    throw new TypeError('dispatcher must be a Dispatcher of undici, such as a MockAgent or a ProxyAgent')
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
