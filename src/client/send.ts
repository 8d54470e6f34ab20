import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { type Answer, AnswerHandler } from '../answer/handler.ts'
import { throwIfAborted } from '../common/abort.ts'
import { waitForFirstChunk } from '../request/body.ts'
import type { APIRequest } from '../request/request.ts'

const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie'])

/**
 * Refuses headers that whoever listens on the way must not read.
 *
 * @throws {TypeError} there are some
 */
export function refuseCredentials({ headers, method, origin }: APIRequest): void {
  const given = Object.keys(headers).find(name => CREDENTIALS.has(name.toLowerCase()))
  if (given !== undefined)
    throw new TypeError(
      `${method}: the header ${given} must not go over http:// to another machine (${origin})`,
    )
}

/** A request as undici sends it; throws where it is not to be sent any more. */
export function encode(request: APIRequest): Dispatcher.DispatchOptions {
  const { method, path, headers, signals, timeout, protocol } = request
  throwIfAborted(signals)
  const body = request.encodeBody()
  const silence = toMilliseconds(timeout)
  return { method, path, headers, body, upgrade: protocol, headersTimeout: silence, bodyTimeout: silence }
}

/**
 * Sends a request, one with a stream once there is something of it.
 *
 * undici connects first, and writes the head of a request together with the first bytes of a stream: a connection that
 * says nothing meanwhile would keep LXD and Incus from accepting any other.
 */
export function sendWhenReady(
  request: APIRequest,
  sent: Dispatcher.DispatchOptions,
  dispatcher: Dispatcher,
): Promise<Answer> {
  if (!(sent.body instanceof Readable)) return send(request, sent, dispatcher)
  return waitForFirstChunk(sent.body, request.signals).then(() => send(request, sent, dispatcher))
}

function send(
  request: APIRequest,
  sent: Dispatcher.DispatchOptions,
  dispatcher: Dispatcher,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(sent, new AnswerHandler(request, resolve, reject))
  })
}

// undici counts in milliseconds, and 0 is no limit.
function toMilliseconds(seconds: number | undefined): number | undefined {
  if (seconds === undefined) return undefined
  return Number.isFinite(seconds) ? Math.ceil(seconds * 1000) : 0
}
