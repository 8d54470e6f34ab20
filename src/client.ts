import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { type AnswerBody, decodeBody } from './answer-body.ts'
import { readData } from './answer-data.ts'
import { type Answer, AnswerHandler } from './answer-handler.ts'
import { deliver } from './deliver.ts'
import { unreadable } from './failure.ts'
import { openWebSocket } from './open-websocket.ts'
import { OperationMemory } from './operation-memory.ts'
import { type Body, type CallOptions, checkCallOptions, mergeOptions } from './options.ts'
import type { Context } from './path.ts'
import { APIPromise } from './promise.ts'
import { APIRequest, type Method } from './request.ts'
import { type APIResponse, APIResult } from './result.ts'
import type { Servers } from './servers.ts'
import type { Trace } from './trace.ts'
import { advise } from './transport/advice.ts'
import type { TlsSettings } from './transport/connector.ts'
import type { Transport } from './transport.ts'
import type { resolveUrl } from './url.ts'
import type { APIWebSocket } from './websocket.ts'

/** The one way that all requests go: normalise, send, parse, trace, validate. */
export class Client {
  /** What open event streams told of operations. */
  readonly operations = new OperationMemory()
  readonly #servers: Servers
  readonly #trace: Trace
  /** What is still arriving, with what the caller reads it from. */
  readonly #openBodies = new Map<AnswerBody, Readable>()
  readonly #openSockets = new Set<APIWebSocket>()

  constructor(servers: Servers, trace: Trace) {
    this.#servers = servers
    this.#trace = trace
  }

  /** Sends at once; a bad argument is a rejection too, and then nothing is sent. */
  call(context: Context, method: Method, url: string, body?: Body | null, options?: CallOptions): APIPromise {
    return new APIPromise(resolve => {
      const asked = this.#normalise(context, method, url, body, options)
      const sent = encode(asked)
      const exchange = {
        send: (request: APIRequest, { dispatcher }: Transport) => send(request, sent, dispatcher),
        receive: (request: APIRequest, answer: Answer) => this.#receive(context, request, answer),
      }
      resolve(deliver(this.#servers, this.#trace, asked, exchange))
    })
  }

  /** Opens a websocket: one transaction like any other, that a server agrees to with HTTP 101. */
  async websocket(context: Context, url: string, options?: CallOptions): Promise<APIWebSocket> {
    const asked = this.#normalise(context, 'GET', url, undefined, options)
    const { headersTimeout } = encode(asked)
    const socket = await deliver(this.#servers, this.#trace, asked, {
      send: (request, transport) => openWebSocket(request, transport, headersTimeout ?? undefined),
      receive: (request, { socket, answer }) => {
        this.#receive(context, request, answer)
        return socket
      },
    })
    this.#openSockets.add(socket)
    void socket.closed.then(() => this.#openSockets.delete(socket))
    return socket
  }

  /** Whom this client and its servers take each other for; `undefined` where nothing goes over TLS. */
  get tls(): TlsSettings | undefined {
    return this.#servers.current.tls
  }

  /** A client of the same servers that takes them for themselves only where they show the certificate with this fingerprint. */
  pinnedTo(fingerprint: string): Client {
    return new Client(this.#servers.pinnedTo(fingerprint), this.#trace)
  }

  /** Path and query of a URL of this server; see {@link resolveUrl}. */
  resolve(url: string | URL): ReturnType<typeof resolveUrl> {
    return this.#servers.resolve(url)
  }

  /** Lets what is under way end, ends websockets, drops the bodies that nobody reads, then closes the connections. */
  async close(): Promise<void> {
    for (const socket of this.#openSockets) socket.close()
    for (const body of this.#openBodies.values()) if (!body.readableDidRead) body.destroy()
    await this.#servers.close()
  }

  #normalise(
    { defaults }: Context,
    method: Method,
    url: string,
    body?: Body | null,
    options?: CallOptions,
  ): APIRequest {
    if (options !== undefined) checkCallOptions(options, `${method} ${url}`)
    return new APIRequest(this.#servers.current.origin, method, url, body, mergeOptions(defaults, options))
  }

  #receive(context: Context, request: APIRequest, answer: Answer): APIResult {
    const { response } = answer
    const body = answer.body && this.#open(answer.body, response)
    let data: unknown
    try {
      data = readData(request, answer)
    } catch (error) {
      const failure = unreadable(new APIResult(context, request, response, undefined), error)
      if (this.#trace.isEnabled) this.#trace.failed(request, failure)
      throw failure
    }
    const result = new APIResult(context, request, response, data, body)
    if (this.#trace.isEnabled) this.#trace.answered(result)
    try {
      return result.validate()
    } catch (error) {
      throw advise(error, this.tls)
    }
  }

  #open(arriving: AnswerBody, response: APIResponse): Readable {
    const body = decodeBody(arriving, response)
    if (!arriving.isSettled) this.#openBodies.set(arriving, body)
    arriving.once('settled', () => this.#openBodies.delete(arriving))
    return body
  }
}

function encode(request: APIRequest): Dispatcher.DispatchOptions {
  const { method, path, headers, signal, timeout } = request
  signal?.throwIfAborted()
  const body = request.encodeBody()
  const silence = toMilliseconds(timeout)
  return { method, path, headers, body, headersTimeout: silence, bodyTimeout: silence }
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
