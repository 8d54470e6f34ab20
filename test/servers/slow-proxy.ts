import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** A proxy of a local port. */
export interface SlowProxy {
  readonly port: number
  close(): void
}

/** Starts a proxy of a port that limits the bytes per second from the server to the client. */
export async function slowProxy(target: number, bytesPerSecond: number): Promise<SlowProxy> {
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    const upstream = connect(target, '127.0.0.1')
    client.pipe(upstream)
    void copySlowly(upstream, client, bytesPerSecond)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {}).once('close', () => sockets.delete(socket))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = (): void => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { port: (server.address() as AddressInfo).port, close } // Safe cast: it listens on a port.
}

async function copySlowly(from: Socket, to: Socket, bytesPerSecond: number): Promise<void> {
  try {
    for await (const chunk of from) {
      to.write(chunk)
      await pause((chunk.length / bytesPerSecond) * 1000)
    }
    to.end()
  } catch {
    to.destroy()
  }
}
