import type { Socket } from 'node:net'
import { BufferPool } from './buffer-pool.ts'

/** How many bytes are read of a file at once: each read costs the same, whatever its size. */
export const CHUNK_SIZE = 512 * 1024

// 4 MiB, more than one transfer has in flight.
const pool = new BufferPool({ size: CHUNK_SIZE, maxFree: 8 })
const inUse = new WeakSet<ArrayBufferLike>()

/**
 * Returns a buffer that is released, and so must no longer be used, once a socket of {@link releaseOnceSent} has sent it.
 * One that is never sent is left to garbage collection.
 */
export function acquireBuffer(): Buffer {
  const buffer = pool.acquire()
  inUse.add(buffer.buffer)
  return buffer
}

/** Releases an acquired buffer that is not going to be sent. */
export function releaseBuffer({ buffer }: Uint8Array): void {
  if (inUse.delete(buffer)) pool.release(buffer)
}

/** Makes a socket release acquired buffers once the kernel has copied them. */
export function releaseOnceSent(socket: Socket): void {
  const write = socket.write.bind(socket)
  socket.write = (chunk: Uint8Array | string, ...rest: never[]) =>
    rest.length === 0 && isPooled(chunk)
      ? write(chunk, error => {
          if (error == null) releaseBuffer(chunk)
        })
      : write(chunk, ...rest)
}

function isPooled(chunk: Uint8Array | string): chunk is Uint8Array {
  return typeof chunk !== 'string' && inUse.has(chunk.buffer)
}
