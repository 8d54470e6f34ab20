import type { Socket } from 'node:net'
import type { Connector } from './connector.ts'

// Turns of the event loop: undici writes a request in the one that connects, or in the next if its body is a stream.
const MAX_TURNS = 2

/**
 * Closes each new connection on which no request is written immediately.
 *
 * undici counts an aborted call as pending: it reconnects for it, and then keeps the connection unused. LXD and Incus read
 * the first bytes of a connection before they accept the next one, so a connection without a request blocks all other
 * clients of the server.
 */
export function closeUnused(connect: Connector): Connector {
  return (options, callback) => {
    connect(options, (error, socket) => {
      if (error !== null) return callback(error, null)
      callback(null, socket)
      closeIfUnused(socket, MAX_TURNS)
    })
  }
}

function closeIfUnused(socket: Socket, turns: number): void {
  if (socket.bytesWritten > 0 || socket.writableLength > 0) return
  if (turns === 0) socket.destroy()
  else setImmediate(() => closeIfUnused(socket, turns - 1))
}
