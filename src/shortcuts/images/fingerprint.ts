import { createHash, type Hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { CHUNK_SIZE } from '../../connection/send-buffers.ts'
import { type ImageFiles, pathsOf } from './files.ts'

/**
 * Computes the fingerprint of an image: the SHA-256 of its bytes, in hex; of a split image, of both files, one after
 * the other.
 *
 * The files are streamed; their errors (`ENOENT`, …) are thrown unchanged.
 */
export async function imageGetFingerprint(files: ImageFiles): Promise<string> {
  return fingerprintOf(files)
}

/** Computes a fingerprint until the signal aborts it. */
export async function fingerprintOf(files: ImageFiles, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for (const path of pathsOf(files)) await addFile(hash, path, signal)
  return hash.digest('hex')
}

// One buffer for all chunks: a stream would leave each to the garbage collector.
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
