import type { Context } from '../path.ts'
import type { CallOptions } from '../request/options.ts'
import { checkHandshake, createHandshake } from './handshake.ts'
import { APIWebSocket } from './websocket.ts'

/**
 * Opens a websocket.
 *
 * @throws {APIException} the server did not answer with HTTP 101
 * @throws {Error} its handshake is invalid
 */
export async function openWebSocket(
  context: Context,
  url: string,
  options?: CallOptions,
): Promise<APIWebSocket> {
  const handshake = createHandshake()
  const asked = { ...options, headers: { ...options?.headers, ...handshake } }
  const { client } = context
  const { result, connection } = await client.upgrade(context, url, 'websocket', asked, ({ headers }) =>
    checkHandshake(handshake, headers),
  )
  const socket = new APIWebSocket(result, connection)
  const removeFromClient = client.closeWithIt(() => socket.close())
  void socket.closed.then(removeFromClient)
  return socket
}
