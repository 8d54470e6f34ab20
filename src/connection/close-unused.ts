import type { Socket } from 'node:net'
import type { Connector } from './connector.ts'

// A request is written in the turn in which its connection is handed out; one turn more is for the streams of its body.
const TURNS = 2

/**
 * Closes each new connection on which no request is written at once.
 *
 * undici counts a call that was aborted as pending: it connects again for it, finds out, and keeps the connection for
 * later. LXD and Incus read the first bytes of a connection before they accept the next one, so that a connection that
 * says nothing would block all other clients of a server's socket.
 */
export function closingUnused(connect: Connector): Connector {
  return (options, callback) => {
    connect(options, (error, socket) => {
      if (error !== null) return callback(error, null)
      callback(null, socket)
      closeIfUnused(socket, TURNS)
    })
  }
}

function closeIfUnused(socket: Socket, turns: number): void {
  if (socket.bytesWritten > 0 || socket.writableLength > 0) return
  if (turns === 0) socket.destroy()
  else setImmediate(() => closeIfUnused(socket, turns - 1))
}
