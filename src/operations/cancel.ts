import { APIException } from '../errors/exceptions.ts'
import { withoutSignals } from '../path.ts'
import type { APIResult } from '../result.ts'

// Seconds.
const PATIENCE = 10

/**
 * Cancels the operation that a result started, as far as the server lets that be: one that has ended, or that can't be
 * cancelled, is left alone. Whatever the server says of it is in the trace.
 */
export async function cancelOperation({ api }: APIResult, url: string): Promise<void> {
  try {
    // The path may have the signal that was aborted, and this has to be sent all the same.
    await withoutSignals(api).forUrl(url).delete({ timeout: PATIENCE })
  } catch (error) {
    if (!(error instanceof APIException)) throw error
  }
}
