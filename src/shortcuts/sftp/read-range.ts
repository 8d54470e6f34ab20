import type { Handle, SftpOperations } from './operations.ts'
import { CHUNK_SIZE } from './packets.ts'

/** How many chunks of one file are asked for, or sent, before the first is answered; together 1 MiB. */
export const WINDOW = 32

interface Ask {
  readonly position: number
  readonly length: number
  readonly bytes: Promise<Buffer | undefined>
}

/** Reads a part of a file, several chunks at once, in their order; up to the end of the file by default. */
export async function* readRange(
  operations: SftpOperations,
  handle: Handle,
  start: number,
  length = Number.POSITIVE_INFINITY,
): AsyncGenerator<Buffer, void> {
  const end = start + length
  const asked: Ask[] = []
  let next = start
  // One at first: most files have no more.
  let window = 1
  for (let at = start; at < end; ) {
    while (asked.length < window && next < end) {
      asked.push(ask(operations, handle, next, Math.min(CHUNK_SIZE, end - next)))
      next += CHUNK_SIZE
    }
    // Safe cast: `at` is below the end, and so was asked for.
    const one = asked.shift() as Ask
    const bytes = await one.bytes
    if (bytes === undefined || bytes.length === 0) return
    at += bytes.length
    yield bytes
    window = Math.min(2 * window, WINDOW)
    if (bytes.length === one.length) continue
    // What is no regular file may give less than there is.
    asked.length = 0
    next = at
  }
}

function ask(operations: SftpOperations, handle: Handle, position: number, length: number): Ask {
  const bytes = operations.read(handle, position, length)
  // It may be after the end of the file, and nobody waits for it.
  bytes.catch(() => {})
  return { position, length, bytes }
}
