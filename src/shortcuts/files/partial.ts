import { sleep } from '../../common/sleep.ts'
import { APINotFoundException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { deleteFile } from './delete.ts'
import { readStat } from './http-stat.ts'

// A server that was busy when its client disconnected may begin to write only after that.
const MAX_CHECKS = 4
const CHECK_INTERVAL_MS = 50
// A server that stalls must not delay the failure that the caller waits for.
const CLEANUP_TIMEOUT_SECONDS = 5
// The servers report times in whole seconds.
const CLOCK_RESOLUTION_MS = 1000

/** Deletes the incomplete file of a push that failed; `began` is its start by `performance.now()`. */
export async function removePartialFile(unlimited: Path, path: string, began: number): Promise<void> {
  const files = unlimited.with({ idleTimeout: CLEANUP_TIMEOUT_SECONDS })
  for (let check = 1; check <= MAX_CHECKS; check++) {
    await sleep(CHECK_INTERVAL_MS * check)
    if (await wasWrittenSince(files, path, began)) {
      await deleteFile(files, path)
      return
    }
  }
}

// By the server's clock, which may differ from this machine's.
async function wasWrittenSince(files: Path, path: string, began: number): Promise<boolean> {
  try {
    const result = await files.head({ query: { path } })
    const elapsed = performance.now() - began
    const now = Date.parse(result.response.headers.date ?? '')
    return readStat(result).modified.getTime() >= now - elapsed - CLOCK_RESOLUTION_MS
  } catch (error) {
    if (error instanceof APINotFoundException) return false
    throw error
  }
}
