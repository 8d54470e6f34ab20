import { setTimeout as pause } from 'node:timers/promises'
import { APINotFoundException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { deleteFile } from './delete.ts'
import { readStat } from './stat.ts'

// A server that was busy when its client left may begin to write only after that.
const LOOKS = 4
const BETWEEN_LOOKS = 50
// Seconds: a server that stalls must not keep the failure from whoever waits for it.
const PATIENCE = 5
// The servers tell times in whole seconds.
const RESOLUTION = 1000

/** Removes from an instance what a push left half written that began at a time of `performance.now()`. */
export async function removeHalfFile(everywhere: Path, path: string, began: number): Promise<void> {
  const files = everywhere.with({ idleTimeout: PATIENCE })
  for (let look = 1; look <= LOOKS; look++) {
    await pause(BETWEEN_LOOKS * look)
    if (await wasWrittenSince(files, path, began)) {
      await deleteFile(files, path)
      return
    }
  }
}

// By the server's clock, which need not be ours.
async function wasWrittenSince(files: Path, path: string, began: number): Promise<boolean> {
  try {
    const result = await files.head({ query: { path } })
    const elapsed = performance.now() - began
    const now = Date.parse(result.response.headers.date ?? '')
    return readStat(result).modified.getTime() >= now - elapsed - RESOLUTION
  } catch (error) {
    if (error instanceof APINotFoundException) return false
    throw error
  }
}
