import { type Caller, dropSignals, placeOf, prepareCall } from '../client/caller.ts'
import { APIException } from '../errors/exceptions.ts'

// Seconds.
const CANCEL_TIMEOUT_SECONDS = 10

/**
 * Cancels an operation, as far as the server allows it: one that has ended, or that can't be cancelled, is left alone. What
 * the server answers is in the trace.
 */
export async function cancelOperation(caller: Caller, url: string): Promise<void> {
  try {
    // The caller may have the signal that was aborted, and this has to be sent all the same.
    const place = placeOf(dropSignals(caller), url)
    const options = { timeout: CANCEL_TIMEOUT_SECONDS, idleTimeout: CANCEL_TIMEOUT_SECONDS }
    await caller.client.send(prepareCall(place.caller, 'DELETE', place.path, undefined, options))
  } catch (error) {
    if (!(error instanceof APIException)) throw error
  }
}
