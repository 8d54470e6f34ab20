import type { OnReadOpts, Socket } from 'node:net'
import { bufferPools } from './buffer-pools.ts'

/** A buffer that a socket fills with one chunk after the other. */
interface Slot {
  readonly buffer: Buffer
  /** Bytes that have been handed out and not been released. */
  bytesInUse: number
  isFull: boolean
}

/** In bytes: more than the kernel holds for a unix socket, so that one read takes all of it. */
export const BUFFER_SIZE = 256 * 1024
/** In bytes, of a connection's first buffer: what Node.js reads by itself. Most answers are short. */
export const FIRST_BUFFER_SIZE = 64 * 1024
// A buffer with less of it free is replaced.
const MIN_FREE_SHARE = 1 / 4
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
  let slot = createSlot(FIRST_BUFFER_SIZE)
  let end = 0
  return {
    buffer: () => slot.buffer.subarray(end),
    callback: bytes => {
      const chunk = slot.buffer.subarray(end, end + bytes)
      end += bytes
      slot.bytesInUse += bytes
      const size = slot.buffer.length
      if (size - end < size * MIN_FREE_SHARE) {
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
  const isUnused = slot.bytesInUse === 0 && slot.isFull && slot.buffer.length === BUFFER_SIZE
  if (isUnused && bufferPools.areOn && unused.length < MAX_UNUSED) unused.push(slot)
}

function takeSlot(): Slot {
  const slot = unused.pop() ?? createSlot(BUFFER_SIZE)
  slot.isFull = false
  return slot
}

function createSlot(size: number): Slot {
  const slot = { buffer: Buffer.allocUnsafeSlow(size), bytesInUse: 0, isFull: false }
  return Object.assign(slot.buffer.buffer, { [SLOT]: slot })[SLOT]
}
