import type { OnReadOpts, Socket } from 'node:net'
import { bufferPools } from './buffer-pools.ts'

/** A buffer that a socket fills with one chunk after the other. */
interface Slot {
  readonly buffer: Buffer
  /** Bytes that have been handed out and not been released. */
  bytesInUse: number
  isFull: boolean
}

/** In bytes: more than the kernel holds for a unix socket, so that one read takes all of it. Node.js by itself reads 64 KiB. */
export const BUFFER_SIZE = 256 * 1024
// A buffer with less free space is replaced.
const MIN_FREE_BYTES = BUFFER_SIZE / 4
// 6 MiB, which is what one transfer has in flight.
const MAX_UNUSED = 24
// A property of the memory of a buffer: with a WeakMap instead, garbage collections take longer than receiving.
const SLOT = Symbol('slot')

const unused: Slot[] = []

/**
 * Creates the `onread` option of a socket that receives into one buffer until it is full. Node.js would allocate one for
 * each read, however short the answer.
 *
 * @param socketOf returns the socket; called when data arrives
 */
export function createOnRead(socketOf: () => Socket): OnReadOpts {
  let slot = takeSlot()
  let end = 0
  return {
    buffer: () => slot.buffer.subarray(end),
    callback: bytes => {
      const chunk = slot.buffer.subarray(end, end + bytes)
      end += bytes
      slot.bytesInUse += bytes
      if (BUFFER_SIZE - end < MIN_FREE_BYTES) {
        slot.isFull = true
        slot = takeSlot()
        end = 0
      }
      return socketOf().push(chunk)
    },
  }
}

/**
 * Releases received bytes, which must no longer be used: files of any size are received into a few megabytes.
 *
 * Any bytes may be passed, once. A buffer is reused only when all of its bytes have been released; those of an answer's
 * headers never are, and such a buffer is left to garbage collection.
 */
export function releaseReceived({ buffer, byteLength }: Uint8Array): void {
  const { [SLOT]: slot } = buffer as { [SLOT]?: Slot }
  if (slot === undefined) return
  slot.bytesInUse -= byteLength
  const isUnused = slot.bytesInUse === 0 && slot.isFull
  if (isUnused && bufferPools.areOn && unused.length < MAX_UNUSED) unused.push(slot)
}

function takeSlot(): Slot {
  const slot = unused.pop() ?? createSlot()
  slot.isFull = false
  return slot
}

function createSlot(): Slot {
  const slot = { buffer: Buffer.allocUnsafeSlow(BUFFER_SIZE), bytesInUse: 0, isFull: false }
  return Object.assign(slot.buffer.buffer, { [SLOT]: slot })[SLOT]
}
