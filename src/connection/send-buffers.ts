import type { Socket } from 'node:net'
import { bufferPools } from './buffer-pools.ts'

/** How many bytes are read of a file at once: each read costs the same, whatever its size. */
export const CHUNK_SIZE = 2 * 1024 * 1024

// 8 MiB, which is what one transfer has in flight.
const MAX_UNUSED = 4
const unused: Buffer[] = []
// Parts of these, and copies, are other objects: these are released as a whole.
const chunks = new WeakSet<Uint8Array>()

/** Returns a buffer to read into; for what is read, see {@link markChunk}. */
export function acquireBuffer(): Buffer {
  return unused.pop() ?? Buffer.allocUnsafeSlow(CHUNK_SIZE)
}

/**
 * Returns the first bytes of an acquired buffer, which is used again once a socket of {@link releaseOnceSent} has sent them,
 * or {@link releaseChunk} was called. What is never sent is left to garbage collection.
 */
export function markChunk(buffer: Buffer, bytes: number): Buffer {
  const chunk = buffer.subarray(0, bytes)
  chunks.add(chunk)
  return chunk
}

/** Releases a chunk, which must no longer be used; has no effect on any other bytes. */
export function releaseChunk(chunk: Uint8Array): void {
  if (chunks.delete(chunk) && bufferPools.areOn && unused.length < MAX_UNUSED)
    unused.push(Buffer.from(chunk.buffer))
}

/** Makes a socket release chunks once the kernel has copied them. */
export function releaseOnceSent(socket: Socket): void {
  const write = socket.write.bind(socket)
  socket.write = (chunk: Uint8Array | string, ...rest: never[]) =>
    rest.length === 0 && isChunk(chunk)
      ? write(chunk, error => {
          if (error == null) releaseChunk(chunk)
        })
      : write(chunk, ...rest)
}

function isChunk(chunk: Uint8Array | string): chunk is Uint8Array {
  return typeof chunk !== 'string' && chunks.has(chunk)
}
