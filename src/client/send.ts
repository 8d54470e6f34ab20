import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { AnswerHandler, type ReceivedAnswer } from '../answer/handler.ts'
import { throwIfAborted } from '../common/abort.ts'
import type { Transport } from '../connection/transport.ts'
import { encodeBody, waitForFirstChunk } from '../request/body.ts'
import type { Call } from '../request/call.ts'
import type { APIRequest } from '../request/request.ts'

const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie'])

/**
 * Refuses credentials for a connection that others can read.
 *
 * @throws {TypeError} a header holds some
 */
export function refuseCredentials({ headers, method }: Call, origin: string): void {
  const given = Object.keys(headers).find(name => CREDENTIALS.has(name.toLowerCase()))
  if (given !== undefined)
    throw new TypeError(
      `${method}: the header ${given} must not go over http:// to another machine (${origin})`,
    )
}

/**
 * A call as undici sends it.
 *
 * @throws the reason of a signal that has aborted it
 */
export function encode(call: Call): Dispatcher.DispatchOptions {
  const { method, path, headers, signals, upgrade } = call
  throwIfAborted(signals)
  const body = encodeBody(call)
  const idleTimeout = toMilliseconds(call.idleTimeout)
  return {
    method,
    path,
    headers,
    body,
    upgrade: upgrade?.protocol,
    headersTimeout: idleTimeout,
    bodyTimeout: idleTimeout,
  }
}

/**
 * Sends a request; one with a stream once its first bytes are there.
 *
 * undici connects first, and writes the head of a request together with the first bytes of a stream: a connection that
 * says nothing meanwhile would keep LXD and Incus from accepting any other.
 */
export function sendWhenReady(
  request: APIRequest,
  encoded: Dispatcher.DispatchOptions,
  dispatcher: Transport['dispatcher'],
): Promise<ReceivedAnswer> {
  if (!(encoded.body instanceof Readable)) return send(request, encoded, dispatcher)
  return waitForFirstChunk(encoded.body, request.signals).then(() => send(request, encoded, dispatcher))
}

function send(
  request: APIRequest,
  encoded: Dispatcher.DispatchOptions,
  dispatcher: Transport['dispatcher'],
): Promise<ReceivedAnswer> {
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(encoded, new AnswerHandler(request, resolve, reject))
  })
}

// undici counts in milliseconds, and 0 is no limit.
function toMilliseconds(seconds: number | undefined): number | undefined {
  if (seconds === undefined) return undefined
  return Number.isFinite(seconds) ? Math.ceil(seconds * 1000) : 0
}
