import type { Readable } from 'node:stream'
import { Answer, type UpgradedAnswer } from '../answer/answer.ts'
import { type AnswerBody, decodeBody } from '../answer/body.ts'
import { throwFailure, unreadable } from '../answer/failure.ts'
import type { ReceivedAnswer } from '../answer/handler.ts'
import { readData } from '../answer/parse.ts'
import type { TlsSettings } from '../connection/connector.ts'
import type { Servers } from '../connection/members.ts'
import type { Transport } from '../connection/transport.ts'
import { APIException } from '../errors/exceptions.ts'
import type { Call } from '../request/call.ts'
import { APIRequest } from '../request/request.ts'
import type { APIResponse } from '../request/response.ts'
import type { resolveUrl } from '../request/url.ts'
import type { Trace } from '../trace/trace.ts'
import { isRepeatable, traceFailure, withCount } from './failover.ts'
import { isWordless, toGet } from './head.ts'
import { encode, refuseCredentials, sendWhenReady } from './send.ts'
import { takeConnection } from './take-connection.ts'

/** The one way that all requests go: encode, send, parse, trace, validate. */
export class Client {
  readonly #servers: Servers
  readonly #trace: Trace
  /** What is still arriving, with what the caller reads it from. */
  readonly #openBodies = new Map<AnswerBody, Readable>()
  readonly #closers = new Set<() => void>()
  readonly #running = new Set<Promise<unknown>>()

  constructor(servers: Servers, trace: Trace) {
    this.#servers = servers
    this.#trace = trace
  }

  /**
   * Sends a call to the server in use; where that one is gone, to the next one of a cluster. What may have been carried out
   * is not sent again, unless it only reads.
   *
   * @throws {APIException} nothing answered, or the answer reports a failure
   * @throws the reason of the signal that aborted the call
   */
  // What is thrown after an `await` in here shows who awaits the call, which a socket's event knows nothing of.
  async send(call: Call): Promise<Answer> {
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
        transport = this.#servers.takeOver(tried)
        if (transport === undefined) throw withCount(failure, tried.length)
      }
    }
  }

  /**
   * Sends a HEAD. One that is answered with HTTP 500, which has no words, is asked again by GET: that answer counts, without
   * its body.
   */
  async head(call: Call): Promise<Answer> {
    try {
      return await this.send(call)
    } catch (error) {
      if (!isWordless(error)) throw error
      return this.#askForWords(call, error)
    }
  }

  /** Asks for another protocol on the connection: one transaction like any other, that a server agrees to with HTTP 101. */
  async upgrade(call: Call): Promise<UpgradedAnswer> {
    // Safe cast: what answers a call for an upgrade in any other way is thrown.
    return (await this.send(call)) as UpgradedAnswer
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

  async #askForWords(call: Call, wordless: APIException): Promise<Answer> {
    try {
      const { request, response, body } = await this.send(toGet(call))
      body?.destroy()
      return new Answer(request, response, undefined)
    } catch (error) {
      // Nothing answered: what the HEAD was answered is all there is.
      throw error instanceof APIException && error.result === undefined ? wordless : error
    }
  }

  #receive(call: Call, request: APIRequest, received: ReceivedAnswer): Answer {
    const answer = this.#read(request, received)
    if (this.#trace.isEnabled) this.#trace.answered(answer)
    throwFailure(answer, this.tls)
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
