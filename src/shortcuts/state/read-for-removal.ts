import { FINAL_STATUS } from '../../answer/envelope.ts'
import { numberIn } from '../../answer/metadata.ts'
import { mayBeCarriedOut } from '../../client/unanswered-posts.ts'
import { APIOperationException } from '../../errors/exceptions.ts'
import { contextOf, type Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { readIfPresent } from '../shared/resource.ts'
import { backOff } from '../shared/retry.ts'
import { waitForOperations } from '../shared/wait-for-operations.ts'

// 0.75 s, with the delays of backOff().
const MAX_READS = 6

/** Reads a resource once no operation is creating it; `false` if it does not exist. */
export async function readOnceIdle(path: Path): Promise<APIResult | false> {
  const reads = mayBeCreated(path) ? MAX_READS : 1
  for (let read = 1; ; read++) {
    const found = await readIfPresent(path)
    if (found !== false) return found
    if (await waitForOperations(path)) return readIfPresent(path)
    if (read === reads) return false
    await backOff(read)
  }
}

/** Reads an operation, which can be cancelled until it ends; `false` if it has ended, well or not. */
export async function readWhileRunning(path: Path): Promise<APIResult | false> {
  try {
    const found = await readIfPresent(path)
    return found !== false && numberIn(found, 'status_code') < FINAL_STATUS && found
  } catch (error) {
    if (error instanceof APIOperationException) return false
    throw error
  }
}

function mayBeCreated(path: Path): boolean {
  const url = String(path)
  return mayBeCarriedOut(contextOf(path).client, url.slice(0, url.lastIndexOf('/')))
}
