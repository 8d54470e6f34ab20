import type { Duplex, Readable } from 'node:stream'
import { type AnswerBody, decodeBody } from '../answer/body.ts'
import type { Answer } from '../answer/handler.ts'
import { readData } from '../answer/parse.ts'
import type { TlsSettings } from '../connection/connector.ts'
import type { Members } from '../connection/members.ts'
import type { Transport } from '../connection/transport.ts'
import { unreadable } from '../errors/failure.ts'
import { advise } from '../errors/hints.ts'
import { OperationMemory } from '../operations/memory.ts'
import type { Context } from '../path.ts'
import { APIPromise } from '../promise.ts'
import { type Body, type CallOptions, checkCallOptions, mergeOptions } from '../request/options.ts'
import { APIRequest, type Method } from '../request/request.ts'
import type { resolveUrl } from '../request/url.ts'
import { type APIResponse, APIResult } from '../result.ts'
import type { Trace } from '../trace/trace.ts'
import { deliver } from './failover.ts'
import { encode, refuseCredentials, sendWhenReady } from './send.ts'
import type { UpgradeOptions } from './upgrade.ts'

/** A connection that a server has upgraded, and the answer by which it did so. */
export interface Upgraded {
  readonly result: APIResult
  readonly connection: Duplex
}

/** The one way that all requests go: normalise, send, parse, trace, validate. */
export class Client {
  /** What open event streams told of operations. */
  readonly operations = new OperationMemory()
  readonly #servers: Members
  readonly #trace: Trace
  /** What is still arriving, with what the caller reads it from. */
  readonly #openBodies = new Map<AnswerBody, Readable>()
  readonly #closers = new Set<() => void>()
  readonly #running = new Set<Promise<unknown>>()

  constructor(servers: Members, trace: Trace) {
    this.#servers = servers
    this.#trace = trace
  }

  /** Sends at once; a bad argument is a rejection too, and then nothing is sent. */
  call(context: Context, method: Method, url: string, body?: Body | null, options?: CallOptions): APIPromise {
    return new APIPromise(resolve => {
      const asked = this.#normalise(context, method, url, body, options)
      const receive = (request: APIRequest, answer: Answer) => this.#receive(context, request, answer)
      resolve(this.#deliver(asked, receive))
    })
  }

  /** Asks for another protocol on the connection: one transaction like any other, that a server agrees to with HTTP 101. */
  async upgrade(
    context: Context,
    url: string,
    protocol: string,
    options: UpgradeOptions = {},
    check: (response: APIResponse) => void = () => {},
  ): Promise<Upgraded> {
    const { body, ...callOptions } = options
    const method = body == null ? 'GET' : 'POST'
    const asked = this.#normalise(context, method, url, body, callOptions, protocol)
    return this.#deliver(asked, (request, answer) => {
      const result = this.#receive(context, request, answer)
      return { result, connection: takeConnection(answer, result, protocol, check) }
    })
  }

  /** Whom this client and its servers take each other for; `undefined` where nothing goes over TLS. */
  get tls(): TlsSettings | undefined {
    return this.#servers.current.tls
  }

  /** A client of the same servers that takes them for themselves only where they show the certificate with this fingerprint. */
  pinnedTo(fingerprint: string): Client {
    return new Client(this.#servers.pinnedTo(fingerprint), this.#trace)
  }

  /** Where the server in use is, as the trace shows it. */
  get origin(): string {
    return this.#servers.current.origin
  }

  /** Path and query of a URL of this server; see {@link resolveUrl}. */
  resolve(url: string | URL): ReturnType<typeof resolveUrl> {
    return this.#servers.resolve(url)
  }

  /** Calls back when this client is closed; returns what takes that back. */
  closeWithIt(close: () => void): () => void {
    this.#closers.add(close)
    return () => this.#closers.delete(close)
  }

  /** Has {@link close} wait for something that takes several calls. */
  async delayClose<T>(running: Promise<T>): Promise<T> {
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  /** Lets what is under way end, ends upgraded connections, drops the bodies that nobody reads, then closes the connections. */
  async close(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running)
    for (const close of this.#closers) close()
    for (const body of this.#openBodies.values()) if (!body.readableDidRead) body.destroy()
    await this.#servers.close()
  }

  #normalise(
    { defaults }: Context,
    method: Method,
    url: string,
    body?: Body | null,
    options?: CallOptions,
    protocol?: string,
  ): APIRequest {
    if (options !== undefined) checkCallOptions(options, `${method} ${url}`)
    const merged = mergeOptions(defaults, options)
    const request = new APIRequest(this.#servers.current.origin, method, url, body, merged, protocol)
    if (this.#servers.isExposed) refuseCredentials(request)
    return request
  }

  #deliver<T>(asked: APIRequest, receive: (request: APIRequest, answer: Answer) => T): Promise<T> {
    const sent = encode(asked)
    const send = (request: APIRequest, { dispatcher }: Transport) => sendWhenReady(request, sent, dispatcher)
    return deliver(this.#servers, this.#trace, asked, { send, receive })
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

function takeConnection(
  { connection }: Answer,
  { response, body }: APIResult,
  protocol: string,
  check: (response: APIResponse) => void,
): Duplex {
  // It is not what was asked for, and there may be no end to it.
  body?.destroy()
  if (connection === undefined)
    throw new Error(
      `The server answered HTTP ${response.statusCode}, but did not upgrade the connection to ${protocol}`,
    )
  try {
    check(response)
    return connection
  } catch (error) {
    connection.destroy()
    throw error
  }
}
