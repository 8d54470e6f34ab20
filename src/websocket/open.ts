import { type Caller, prepareCall } from '../client/caller.ts'
import type { CallOptions } from '../request/options.ts'
import type { APIResponse } from '../request/response.ts'
import { checkHandshake, createHandshake } from './handshake.ts'
import { APIWebSocket } from './websocket.ts'

/**
 * Opens a websocket.
 *
 * @throws {APIException} the server did not answer with HTTP 101
 * @throws {Error} its handshake is invalid
 */
export async function openWebSocket(
  caller: Caller,
  path: string,
  options?: CallOptions,
): Promise<APIWebSocket> {
  const handshake = createHandshake()
  const withHandshake = { ...options, headers: { ...options?.headers, ...handshake } }
  const check = ({ headers }: APIResponse): void => checkHandshake(handshake, headers)
  const upgrade = { protocol: 'websocket', check }
  const { client } = caller
  const answer = await client.upgrade(prepareCall(caller, 'GET', path, undefined, withHandshake, upgrade))
  const socket = new APIWebSocket(answer, answer.connection)
  const forget = client.closeWithIt(() => socket.close())
  void socket.closed.then(forget)
  return socket
}
