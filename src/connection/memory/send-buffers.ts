import type { Socket } from 'node:net'
import { BufferPool } from './buffer-pool.ts'

/** How much is read of a file at once: each read costs the same however little it brings. */
export const PIECE = 512 * 1024

// 4 MiB, more than one transfer has under way.
const pool = new BufferPool({ size: PIECE, most: 8 })
const lent = new WeakSet<ArrayBufferLike>()

/**
 * Memory for a piece that nobody looks at any more once a socket of {@link reclaimSent} has sent it. Then it is lent
 * again; what is never sent is garbage like any other.
 */
export function lend(): Buffer {
  const buffer = pool.take()
  lent.add(buffer.buffer)
  return buffer
}

/** Takes back what was lent, and is not going to be looked at either. */
export function reclaim({ buffer }: Uint8Array): void {
  if (lent.delete(buffer)) pool.giveBack(buffer)
}

/** Has a socket give back what was lent, when the system has taken it. */
export function reclaimSent(socket: Socket): void {
  const write = socket.write.bind(socket)
  socket.write = (piece: Uint8Array | string, ...rest: never[]) =>
    rest.length === 0 && isLent(piece)
      ? write(piece, error => {
          if (error == null) reclaim(piece)
        })
      : write(piece, ...rest)
}

function isLent(piece: Uint8Array | string): piece is Uint8Array {
  return typeof piece !== 'string' && lent.has(piece.buffer)
}
