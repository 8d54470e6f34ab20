import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Dispatcher } from 'undici'
import { API } from '../api.ts'
import { redactText } from '../redact/redact.ts'
import type { Root } from '../rest.ts'
import { acceptKey } from '../websocket/handshake.ts'
import { explainUnrecorded } from './explain-unrecorded.ts'
import { bytesOf, pathKey, type RecordedCall, readRecording, recordBody } from './recording.ts'
import { ReplayedSocket } from './replay-socket.ts'

/**
 * The API of a recording that {@link record} has made: each request gets the answer that was recorded for its method, path,
 * query and body, in the order of the recording where there are several.
 *
 * A request that was not recorded, or more often than recorded, rejects with an `APIConnectionException` whose message
 * shows how it differs from the nearest one that was.
 *
 * @throws {Error} the file is no recording
 * @example
 * const api = replay('./web.recording.json')
 * await deploy(api)
 */
export function replay(file: string): Root & API {
  return API.factory({ dispatcher: new ReplayDispatcher(file, readRecording(file).calls) })
}

class ReplayDispatcher {
  readonly #file: string
  readonly #calls: readonly RecordedCall[]
  readonly #unused: Set<RecordedCall>

  constructor(file: string, calls: readonly RecordedCall[]) {
    this.#file = file
    this.#calls = calls
    this.#unused = new Set(calls)
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    void this.#answer(options, handler)
    return true
  }

  async #answer(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): Promise<void> {
    const controller = new ReplayController()
    try {
      const call = this.#take(await requestOf(options))
      handler.onRequestStart?.(controller, undefined)
      if (controller.aborted) throw controller.reason
      if (call.failure !== undefined) throw new Error(call.failure)
      if (call.messages === undefined) deliver(call, controller, handler)
      else handler.onRequestUpgrade?.(controller, 101, acceptOf(options), new ReplayedSocket(call))
    } catch (error) {
      // Safe cast: nothing else is thrown.
      handler.onResponseError?.(controller, error as Error)
    }
  }

  #take(request: RecordedCall): RecordedCall {
    const key = keyOf(request)
    const found = [...this.#unused].find(call => keyOf(call) === key)
    if (found === undefined) throw explainUnrecorded(request, this.#calls, this.#file)
    this.#unused.delete(found)
    return found
  }
}

async function requestOf({
  method,
  path,
  headers,
  body,
  upgrade,
}: Dispatcher.DispatchOptions): Promise<RecordedCall> {
  if (upgrade && upgrade !== 'websocket')
    throw new Error(`A recording has no connections of the protocol ${upgrade}`)
  // Safe cast: this library sends them as an object.
  const isJson = (headers as IncomingHttpHeaders)['content-type'] === 'application/json'
  // A server reads all that it is sent.
  if (body instanceof Readable) await text(body)
  const sent = recordBody(isJson ? JSON.parse(String(body)) : body, isJson)
  return { method, path: redactText(path), ...(sent !== undefined && { body: sent }) }
}

function acceptOf({ headers }: Dispatcher.DispatchOptions): IncomingHttpHeaders {
  // Safe cast: this library sends them as an object.
  const key = String((headers as IncomingHttpHeaders)['sec-websocket-key'])
  return { upgrade: 'websocket', 'sec-websocket-accept': acceptKey(key) }
}

function keyOf({ method, path, body }: RecordedCall): string {
  return JSON.stringify([method, pathKey(path), body])
}

function deliver(
  call: RecordedCall,
  controller: ReplayController,
  handler: Dispatcher.DispatchHandler,
): void {
  const { method, status = 200, headers = {} } = call
  const bytes = bytesOf(call)
  const length = method === 'HEAD' ? {} : { 'content-length': String(bytes.length) }
  handler.onResponseStart?.(controller, status, { ...headers, ...length }, '')
  if (bytes.length > 0) handler.onResponseData?.(controller, bytes)
  handler.onResponseEnd?.(controller, {})
}

/** Stands for a connection that has delivered all. */
class ReplayController implements Dispatcher.DispatchController {
  aborted = false
  paused = false
  reason: Error | null = null

  abort(reason: Error): void {
    this.aborted = true
    this.reason = reason
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }
}
