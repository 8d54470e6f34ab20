import { createHash, type Hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { CHUNK_SIZE } from '../../connection/memory/send-buffers.ts'
import { type ImageFiles, pathsOf } from './files.ts'

/**
 * The fingerprint that an image has on every server: the SHA-256 of its bytes, in hex; of a split image, of those of
 * both files, one after the other.
 *
 * The files are read as streams; their errors (`ENOENT`, …) are thrown as they are.
 */
export async function imageGetFingerprint(files: ImageFiles): Promise<string> {
  return fingerprintOf(files)
}

/** The same, until a signal ends it. */
export async function fingerprintOf(files: ImageFiles, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for (const path of pathsOf(files)) await addFile(hash, path, signal)
  return hash.digest('hex')
}

// One buffer for all of it: a stream would leave each piece to the garbage collector.
async function addFile(hash: Hash, path: string, signal: AbortSignal | undefined): Promise<void> {
  const buffer = Buffer.allocUnsafe(CHUNK_SIZE)
  const file = await open(path)
  try {
    for (;;) {
      signal?.throwIfAborted()
      const { bytesRead } = await file.read(buffer, 0, CHUNK_SIZE, null)
      if (bytesRead === 0) return
      hash.update(buffer.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
}
