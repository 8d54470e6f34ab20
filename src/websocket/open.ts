import type { Context } from '../path.ts'
import type { CallOptions } from '../request/options.ts'
import { checkHandshake, createHandshake } from './handshake.ts'
import { APIWebSocket } from './websocket.ts'

/** Opens a websocket: a transaction like any other, that a server agrees to with HTTP 101. */
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
  const forget = client.closeWithIt(() => socket.close())
  void socket.closed.then(forget)
  return socket
}
