import { operationIn } from '../../checked-path.ts'
import type { WaitOptions } from '../../operations/wait.ts'
import type { APIResult } from '../../result.ts'
import { cleanUpAfter } from './cleanup.ts'

const CANCEL_TIMEOUT_SECONDS = 5

/** Waits for an operation; the signal also cancels it on the server, if it can be cancelled. */
export async function waitOrCancel(
  started: APIResult,
  { signal, onProgress }: Pick<WaitOptions, 'signal' | 'onProgress'>,
): Promise<APIResult> {
  try {
    return await started.wait({ signal, onProgress })
  } catch (error) {
    if (!signal?.aborted) throw error
    throw await cleanUpAfter(error, () =>
      operationIn(started).delete({ idleTimeout: CANCEL_TIMEOUT_SECONDS }),
    )
  }
}
