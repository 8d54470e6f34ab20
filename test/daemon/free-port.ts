import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // Listening on TCP: the address is neither a path nor null.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
