import type { OnReadOpts, Socket } from 'node:net'

// What Node.js reads at once; a buffer with less free space than the minimum is replaced.
const SIZE = 64 * 1024
const MIN_FREE_BYTES = SIZE / 4

/**
 * Creates the `onread` option of a socket that receives into one buffer until it is full. Node.js would allocate one for
 * each read, however short the answer.
 *
 * @param socketOf returns the socket; called when data arrives
 */
export function createOnRead(socketOf: () => Socket): OnReadOpts {
  let buffer = Buffer.allocUnsafeSlow(SIZE)
  let end = 0
  return {
    buffer: () => buffer.subarray(end),
    callback: bytes => {
      const chunk = buffer.subarray(end, end + bytes)
      end += bytes
      if (SIZE - end < MIN_FREE_BYTES) {
        buffer = Buffer.allocUnsafeSlow(SIZE)
        end = 0
      }
      return socketOf().push(chunk)
    },
  }
}
