import type { OnReadOpts, Socket } from 'node:net'
import { BufferPool } from './buffer-pool.ts'

/** A buffer that a socket fills with one chunk after the other. */
interface Slot {
  readonly buffer: Buffer
  /** Bytes that have been handed out and not been released. */
  bytesInUse: number
  isFull: boolean
}

// What Node.js reads at once; a buffer with less free space than the minimum is replaced.
const CHUNK_SIZE = 64 * 1024
const MIN_FREE_BYTES = CHUNK_SIZE / 4

// 5 MiB, which is what one transfer has in flight.
const pool = new BufferPool({ size: CHUNK_SIZE, maxFree: 80 })
const slots = new WeakMap<ArrayBufferLike, Slot>()

/**
 * Creates the `onread` option of a socket that receives into pooled buffers: Node.js allocates a buffer for each read, and
 * collecting those takes longer than receiving a big body.
 *
 * @param socketOf returns the socket; called when data arrives
 */
export function createOnRead(socketOf: () => Socket): OnReadOpts {
  let slot = acquireSlot()
  let end = 0
  return {
    buffer: () => slot.buffer.subarray(end),
    callback: bytes => {
      const chunk = slot.buffer.subarray(end, end + bytes)
      end += bytes
      slot.bytesInUse += bytes
      if (CHUNK_SIZE - end < MIN_FREE_BYTES) {
        slot.isFull = true
        slot = acquireSlot()
        end = 0
      }
      return socketOf().push(chunk)
    },
  }
}

/**
 * Releases received bytes, which must no longer be used.
 *
 * Any bytes may be passed, once. A buffer is reused only when all of its bytes have been released; those of an answer's
 * headers never are, and such a buffer is left to garbage collection.
 */
export function releaseReceived({ buffer, byteLength }: Uint8Array): void {
  const slot = slots.get(buffer)
  if (slot === undefined) return
  slot.bytesInUse -= byteLength
  if (slot.bytesInUse > 0 || !slot.isFull) return
  slots.delete(buffer)
  pool.release(buffer)
}

function acquireSlot(): Slot {
  const slot = { buffer: pool.acquire(), bytesInUse: 0, isFull: false }
  slots.set(slot.buffer.buffer, slot)
  return slot
}
