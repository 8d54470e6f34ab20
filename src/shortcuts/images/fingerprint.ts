import { createHash, type Hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { type ImageFiles, pathsOf } from './files.ts'

// In bytes. With 64 KiB, reading takes longer than hashing.
const READ_SIZE = 1024 * 1024

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

// Two buffers for all chunks, one of which is read into while the other is hashed; a stream would leave each to the
// garbage collector.
async function addFile(hash: Hash, path: string, signal: AbortSignal | undefined): Promise<void> {
  const file = await open(path)
  try {
    let [buffer, next] = [Buffer.allocUnsafeSlow(READ_SIZE), Buffer.allocUnsafeSlow(READ_SIZE)]
    let reading = file.read(buffer, 0, READ_SIZE, null)
    for (;;) {
      const { bytesRead } = await reading
      signal?.throwIfAborted()
      if (bytesRead === 0) return
      reading = file.read(next, 0, READ_SIZE, null)
      hash.update(buffer.subarray(0, bytesRead))
      ;[buffer, next] = [next, buffer]
    }
  } finally {
    await file.close()
  }
}
