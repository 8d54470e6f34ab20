import type { SftpOperations } from '../sftp/operations.ts'
import { OPEN } from '../sftp/packets.ts'
import { readRange } from '../sftp/read-range.ts'
import type { OpenFile } from './open-directory.ts'

/** Whether a file in an instance has the same content as one of this machine. */
export async function hasSameContent(
  operations: SftpOperations,
  remote: string,
  { file, stats }: OpenFile,
  signal: AbortSignal,
): Promise<boolean> {
  const handle = await operations.open(remote, OPEN.read)
  try {
    let position = 0
    for await (const bytes of readRange(operations, handle, 0, stats.size)) {
      signal.throwIfAborted()
      const { buffer, bytesRead } = await file.read(
        Buffer.allocUnsafe(bytes.length),
        0,
        bytes.length,
        position,
      )
      if (!buffer.subarray(0, bytesRead).equals(bytes)) return false
      position += bytes.length
    }
    return position === stats.size
  } finally {
    await operations.discard(handle)
  }
}
