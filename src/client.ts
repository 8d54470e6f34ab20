import type { Readable } from 'node:stream'
import { type AnswerBody, decodeBody } from './answer-body.ts'
import { readData } from './answer-data.ts'
import { type Answer, AnswerHandler } from './answer-handler.ts'
import { captureCallSite, pointTo } from './call-site.ts'
import { APIException } from './exceptions.ts'
import { unreadable } from './failure.ts'
import { type Body, type CallOptions, checkCallOptions, mergeOptions } from './options.ts'
import type { Context } from './path.ts'
import { APIPromise } from './promise.ts'
import { APIRequest, type Method } from './request.ts'
import { type APIResponse, APIResult } from './result.ts'
import type { Trace } from './trace.ts'
import type { Transport } from './transport.ts'
import { resolveUrl } from './url.ts'

/** The one way that all requests go: normalise, send, parse, trace, validate. */
export class Client {
  readonly #transport: Transport
  readonly #trace: Trace
  readonly #openBodies = new Set<AnswerBody>()

  constructor(transport: Transport, trace: Trace) {
    this.#transport = transport
    this.#trace = trace
  }

  /** Sends at once; a bad argument is a rejection too, and then nothing is sent. */
  call(context: Context, method: Method, url: string, body?: Body | null, options?: CallOptions): APIPromise {
    const site = captureCallSite(this.call)
    return new APIPromise((resolve, reject) => {
      const request = this.#normalise(context, method, url, body, options)
      const onAnswer = (answer: Answer): void => {
        try {
          resolve(this.#receive(context, request, answer))
        } catch (error) {
          reject(pointTo(error, site))
        }
      }
      const onFailure = (error: unknown): void => {
        if (this.#trace.isEnabled) this.#trace.failed(request, error)
        reject(error instanceof APIException ? pointTo(error, site) : error)
      }
      this.#send(request, new AnswerHandler(request, onAnswer, onFailure))
    })
  }

  /** Path and query of a URL of this server; see {@link resolveUrl}. */
  resolve(url: string | URL): ReturnType<typeof resolveUrl> {
    return resolveUrl(url, this.#transport.origin)
  }

  /** Lets what is under way end, drops the bodies that nobody reads, then closes the connections. */
  async close(): Promise<void> {
    for (const body of this.#openBodies) if (!body.readableDidRead) body.destroy()
    await this.#transport.dispatcher.close()
  }

  #normalise(
    { defaults }: Context,
    method: Method,
    url: string,
    body?: Body | null,
    options?: CallOptions,
  ): APIRequest {
    if (options !== undefined) checkCallOptions(options, `${method} ${url}`)
    return new APIRequest(this.#transport.origin, method, url, body, mergeOptions(defaults, options))
  }

  #send(request: APIRequest, handler: AnswerHandler): void {
    const { method, path, headers, signal, timeout } = request
    signal?.throwIfAborted()
    const body = request.encodeBody()
    if (this.#trace.isCurlEnabled) this.#trace.sent(request, this.#transport)
    const silence = toMilliseconds(timeout)
    const timeouts = { headersTimeout: silence, bodyTimeout: silence }
    this.#transport.dispatcher.dispatch({ method, path, headers, body, ...timeouts }, handler)
  }

  #receive(context: Context, request: APIRequest, answer: Answer): APIResult {
    const { response } = answer
    const body = answer.body && this.#open(answer.body, response)
    let data: unknown
    try {
      data = readData(request, answer)
    } catch (error) {
      throw unreadable(new APIResult(context, request, response, undefined), error)
    }
    const result = new APIResult(context, request, response, data, body)
    if (this.#trace.isEnabled) this.#trace.answered(result)
    return result.validate()
  }

  #open(body: AnswerBody, response: APIResponse): Readable {
    this.#openBodies.add(body)
    body.once('close', () => this.#openBodies.delete(body))
    return decodeBody(body, response)
  }
}

// undici counts in milliseconds, and 0 is no limit.
function toMilliseconds(seconds: number | undefined): number | undefined {
  if (seconds === undefined) return undefined
  return Number.isFinite(seconds) ? Math.ceil(seconds * 1000) : 0
}
