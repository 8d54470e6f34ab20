import type { Readable } from 'node:stream'
import { Answer, type UpgradedAnswer } from '../answer/answer.ts'
import { type AnswerBody, decodeBody } from '../answer/body.ts'
import { throwFailure, unreadable } from '../answer/failure.ts'
import type { ReceivedAnswer } from '../answer/handler.ts'
import { readData } from '../answer/parse.ts'
import { Deadline } from '../common/deadline.ts'
import type { TlsSettings } from '../connection/connector.ts'
import type { Members } from '../connection/members.ts'
import type { Transport } from '../connection/transport.ts'
import { APIException, APITimeoutException } from '../errors/exceptions.ts'
import type { Call } from '../request/call.ts'
import { APIRequest } from '../request/request.ts'
import type { APIResponse } from '../request/response.ts'
import type { resolveUrl } from '../request/url.ts'
import { isCallObserved, publishCall } from '../trace/call-channel.ts'
import { publishOperationStart } from '../trace/operation-channel.ts'
import type { Trace } from '../trace/trace.ts'
import type { Authorizer, SendCall } from './authorizer.ts'
import { isRepeatable, traceFailure, withCount } from './failover.ts'
import { isWithoutMessage, toGet } from './head.ts'
import { encode, refuseCredentials, sendWhenReady } from './send.ts'
import { takeConnection } from './take-connection.ts'

/** Is given each call, and sends it. */
export type Interceptor = (call: Call, send: SendCall) => Promise<Answer>

/** Sends calls: encodes, transmits, parses, traces and validates each. All requests go through it. */
export class Client {
  readonly #servers: Members
  readonly #trace: Trace
  readonly #authorizer: Authorizer | undefined
  /** Bodies that are still arriving, each with the stream that the caller reads. */
  readonly #openBodies = new Map<AnswerBody, Readable>()
  readonly #closers = new Set<() => void>()
  readonly #running = new Set<Promise<unknown>>()
  #interceptor: Interceptor | undefined

  /** @param authorizer gives calls their credentials, unless they have an `authorization` header of their own */
  constructor(servers: Members, trace: Trace, authorizer?: Authorizer) {
    this.#servers = servers
    this.#trace = trace
    this.#authorizer = authorizer
  }

  /**
   * Sends a call to the current server; on failover, to the next one of a cluster. A call that may have been carried out
   * is not retried, unless it only reads.
   *
   * @throws {APIException} nothing answered, or the answer reports a failure
   * @throws the reason of the signal that aborted the call
   */
  send(call: Call): Promise<Answer> {
    return this.#interceptor === undefined
      ? this.#publish(call)
      : this.#interceptor(call, one => this.#publish(one))
  }

  /**
   * Makes all calls go through a function, until it is called with `undefined`.
   *
   * @throws {Error} another one is in place
   */
  intercept(interceptor: Interceptor | undefined): void {
    if (interceptor !== undefined && this.#interceptor !== undefined)
      throw new Error('The calls of this API are intercepted already')
    this.#interceptor = interceptor
  }

  #publish(call: Call): Promise<Answer> {
    return isCallObserved() ? publishCall(call, one => this.#sendInTime(one)) : this.#sendInTime(call)
  }

  // One more `async` function would cost each call about a microsecond.
  #sendInTime(call: Call): Promise<Answer> {
    if (this.#trace.isToLoad) return this.#trace.load().then(() => this.#sendInTime(call))
    return call.timeout === undefined ? this.#authorize(call) : this.#sendBefore(call, call.timeout)
  }

  async #sendBefore(call: Call, timeout: number): Promise<Answer> {
    const deadline = new Deadline({ timeout })
    try {
      return await this.#authorize({ ...call, signals: [...call.signals, deadline.signal] })
    } catch (error) {
      throw deadline.isExpiry(error) ? timedOut(new APIRequest(this.origin, call), timeout) : error
    } finally {
      deadline.clear()
    }
  }

  #authorize(call: Call): Promise<Answer> {
    const authorizer = this.#authorizer
    if (authorizer === undefined || 'authorization' in call.headers) return this.#attempt(call)
    return authorizer.send(call, authorized => this.#attempt(authorized))
  }

  /**
   * Sends a call to one server after the other, until one has answered.
   *
   * Thrown after an `await`, an exception's stack shows who awaits the call; that of a socket's event would not.
   */
  async #attempt(call: Call): Promise<Answer> {
    if (this.#servers.isExposed) refuseCredentials(call, this.#servers.current.origin)
    const encoded = encode(call)
    const tried: Transport[] = []
    for (let transport: Transport | undefined = this.#servers.current; ; ) {
      const request = new APIRequest(transport.origin, call)
      if (this.#trace.isCurlEnabled) this.#trace.sent(request, transport)
      try {
        return this.#receive(call, request, await sendWhenReady(request, encoded, transport.dispatcher))
      } catch (error) {
        const failure = traceFailure(request, this.#trace, error)
        if (!isRepeatable(request, failure)) throw failure
        tried.push(transport)
        transport = this.#servers.failOver(tried)
        if (transport === undefined) throw withCount(failure, tried.length)
      }
    }
  }

  /**
   * Sends a HEAD. The answer to one has no message, so on HTTP 500 it is repeated as a GET: that answer counts, without
   * its body.
   */
  async head(call: Call): Promise<Answer> {
    try {
      return await this.send(call)
    } catch (error) {
      if (!isWithoutMessage(error)) throw error
      return this.#repeatAsGet(call, error)
    }
  }

  /** Sends a call that upgrades the connection to another protocol, which a server agrees to with HTTP 101. */
  async upgrade(call: Call): Promise<UpgradedAnswer> {
    // Safe cast: any other answer to a call with an upgrade is thrown.
    return (await this.send(call)) as UpgradedAnswer
  }

  /** The client's certificate, and how the server's is checked; `undefined` without TLS. */
  get tls(): TlsSettings | undefined {
    return this.#servers.current.tls
  }

  /** A client of the same servers that accepts only the certificate with this fingerprint. */
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

  /** Prints a line to the trace, about what became of a connection that a request upgraded. */
  note(request: APIRequest, describe: () => string): void {
    if (this.#trace.isEnabled) this.#trace.noted(request, describe)
  }

  /** Registers a callback for the time when this client is closed; returns a function that removes it. */
  closeWithIt(close: () => void): () => void {
    this.#closers.add(close)
    return () => this.#closers.delete(close)
  }

  /** Makes {@link close} wait for work that takes several calls. */
  async delayClose<T>(running: Promise<T>): Promise<T> {
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  /** Waits for running calls, ends upgraded connections, destroys unread bodies, then closes the connections. */
  async close(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running)
    this.#authorizer?.close()
    for (const close of this.#closers) close()
    for (const body of this.#openBodies.values()) if (!body.readableDidRead) body.destroy()
    await this.#servers.close()
  }

  async #repeatAsGet(call: Call, withoutMessage: APIException): Promise<Answer> {
    try {
      const { request, response, body } = await this.send(toGet(call))
      body?.destroy()
      return new Answer(request, response, undefined)
    } catch (error) {
      // Without an answer to the GET, that to the HEAD is all there is.
      throw error instanceof APIException && error.result === undefined ? withoutMessage : error
    }
  }

  #receive(call: Call, request: APIRequest, received: ReceivedAnswer): Answer {
    const answer = this.#read(request, received)
    if (this.#trace.isEnabled) this.#trace.answered(answer)
    throwFailure(answer, this.tls)
    publishOperationStart(answer)
    return call.upgrade === undefined ? answer : takeConnection(call.upgrade, answer, received.connection)
  }

  #read(request: APIRequest, received: ReceivedAnswer): Answer {
    const { response } = received
    const body = received.body && this.#open(received.body, response)
    try {
      return new Answer(request, response, readData(request, received), body)
    } catch (error) {
      const failure = unreadable(new Answer(request, response, undefined), error)
      if (this.#trace.isEnabled) this.#trace.failed(request, failure)
      throw failure
    }
  }

  #open(arriving: AnswerBody, response: APIResponse): Readable {
    const body = decodeBody(arriving, response)
    if (!arriving.isSettled) this.#openBodies.set(arriving, body)
    arriving.once('settled', () => this.#openBodies.delete(arriving))
    return body
  }
}

function timedOut(request: APIRequest, timeout: number): APITimeoutException {
  return new APITimeoutException({ request, error: `There was no answer within ${timeout} s` })
}
