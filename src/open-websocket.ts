import type { Answer } from './answer-handler.ts'
import { Handshake } from './handshake.ts'
import type { APIRequest } from './request.ts'
import type { Transport } from './transport.ts'
import { APIWebSocket } from './websocket.ts'

/** A websocket and what the server answered: it is open if that was HTTP 101, and closed otherwise. */
export interface Opened {
  readonly socket: APIWebSocket
  readonly answer: Answer
}

/** Opens a websocket, with `silence` ms for the server to answer in; rejects as undici does where nothing answered. */
export async function openWebSocket(
  request: APIRequest,
  transport: Transport,
  silence: number | undefined,
): Promise<Opened> {
  const handshake = new Handshake(silence)
  const socket = new APIWebSocket(request, transport, handshake)
  await new Promise(resolve => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('close', resolve)
  })
  const { answer, failure } = handshake
  if (
    answer !== undefined &&
    (socket.readyState === APIWebSocket.OPEN || answer.response.statusCode >= 400)
  ) {
    return { socket, answer }
  }
  throw (request.signal?.aborted ? request.signal.reason : strange(answer)) ?? failure
}

function strange(answer: Answer | undefined): Error | undefined {
  return answer && new Error(`The server answered HTTP ${answer.response.statusCode}, but with no websocket`)
}
