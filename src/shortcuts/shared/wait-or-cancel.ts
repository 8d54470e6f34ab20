import { operationIn } from '../../checked-path.ts'
import type { WaitOptions } from '../../operations/wait.ts'
import type { APIResult } from '../../result.ts'
import { cleanUpAfter } from './cleanup.ts'

// Seconds.
const PATIENCE = 5

/** Waits for an operation; a signal cancels it too, not only the waiting, if the server lets that be. */
export async function waitOrCancel(
  started: APIResult,
  { signal, onProgress }: Pick<WaitOptions, 'signal' | 'onProgress'>,
): Promise<APIResult> {
  try {
    return await started.wait({ signal, onProgress })
  } catch (error) {
    if (!signal?.aborted) throw error
    throw await cleanUpAfter(error, () => operationIn(started).delete({ idleTimeout: PATIENCE }))
  }
}
