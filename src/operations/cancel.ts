import { type Caller, dropSignals, placeOf, prepareCall } from '../client/caller.ts'
import { APIException } from '../errors/exceptions.ts'

const CANCEL_TIMEOUT_SECONDS = 10

/**
 * Cancels an operation if possible: one that has ended, or can't be cancelled, is ignored. The answer of the server is in
 * the trace.
 */
export async function cancelOperation(caller: Caller, url: string): Promise<void> {
  try {
    // The defaults of the caller may hold the aborted signal, and the request has to be sent anyway.
    const place = placeOf(dropSignals(caller), url)
    const options = { timeout: CANCEL_TIMEOUT_SECONDS, idleTimeout: CANCEL_TIMEOUT_SECONDS }
    await caller.client.send(prepareCall(place.caller, 'DELETE', place.path, undefined, options))
  } catch (error) {
    if (!(error instanceof APIException)) throw error
  }
}
