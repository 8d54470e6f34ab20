import type { OnReadOpts, Socket } from 'node:net'
import { BufferPool } from './buffer-pool.ts'

/** Memory that a socket receives into, one piece behind the other. */
interface Slot {
  readonly buffer: Buffer
  /** How many bytes of it somebody may still look at. */
  out: number
  isFull: boolean
}

// As much as a socket brings at once, and what has to be left for it to be asked for more.
const SIZE = 64 * 1024
const LEAST = SIZE / 4

// 5 MiB, which is what one transfer has under way.
const pool = new BufferPool({ size: SIZE, most: 80 })
const slots = new WeakMap<ArrayBufferLike, Slot>()

/**
 * The `onread` of a socket that is otherwise like any other, but receives into memory that can be used again: Node.js
 * makes a new buffer for each read, and to collect those as garbage takes longer than to receive a big body.
 *
 * @param socketOf is asked when something arrives
 */
export function receiveInto(socketOf: () => Socket): OnReadOpts {
  let slot = takeSlot()
  let end = 0
  return {
    buffer: () => slot.buffer.subarray(end),
    callback: bytes => {
      const piece = slot.buffer.subarray(end, end + bytes)
      end += bytes
      slot.out += bytes
      if (SIZE - end < LEAST) {
        slot.isFull = true
        slot = takeSlot()
        end = 0
      }
      return socketOf().push(piece)
    },
  }
}

/**
 * Has the memory of bytes used again, at which nobody may look any more.
 *
 * Any bytes may be given, once. Where some that lie beside them are never given back, such as an answer's headers,
 * none of that memory is used again; it is garbage like any other.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  const slot = slots.get(buffer)
  if (slot === undefined) return
  slot.out -= byteLength
  if (slot.out > 0 || !slot.isFull) return
  slots.delete(buffer)
  pool.giveBack(buffer)
}

function takeSlot(): Slot {
  const slot = { buffer: pool.take(), out: 0, isFull: false }
  slots.set(slot.buffer.buffer, slot)
  return slot
}
