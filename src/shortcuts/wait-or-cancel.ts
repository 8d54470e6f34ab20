import type { APIResult } from '../result.ts'
import { cleanUpAfter } from './clean-up-after.ts'

// Seconds.
const PATIENCE = 5

/** Waits for an operation; a signal cancels it too, not only the waiting, if the server lets that be. */
export async function waitOrCancel(started: APIResult, signal?: AbortSignal): Promise<APIResult> {
  try {
    return await started.wait({ signal })
  } catch (error) {
    if (!signal?.aborted) throw error
    const { id } = started.metadata
    throw await cleanUpAfter(error, () =>
      started.api['1.0'].operations.path(id).delete({ timeout: PATIENCE }),
    )
  }
}
