import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { inspect } from 'node:util'
import { isEnvelope } from './answer/envelope.ts'
import { failureOf } from './errors/failure.ts'
import { type WaitOptions, waitForOperation } from './operations/wait.ts'
import { ApiPath, type Context, type Path } from './path.ts'
import { redact } from './redact/redact.ts'
import type { APIRequest } from './request/request.ts'

/** The head of an answer. */
export interface APIResponse {
  readonly statusCode: number
  /** By lower-case name; those of LXD and Incus can be read in either spelling. */
  readonly headers: IncomingHttpHeaders
}

/** What no type describes is for the caller to know, as with JSON.parse(). */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Untyped = any

/**
 * What a server answered to one request.
 *
 * `console.log` and `JSON.stringify` show it without its secrets; its properties have all of them.
 *
 * @example
 * const { metadata, etag } = await api.instances.web.get()
 *
 * @typeParam Metadata what `metadata` is
 * @typeParam Content `undefined` for JSON, a `Readable` for anything else
 * @typeParam Finished what `metadata` is once the operation has ended
 */
export class APIResult<
  Metadata = Untyped,
  Content extends Readable | undefined = Readable | undefined,
  Finished = Metadata,
> {
  readonly request: APIRequest
  readonly response: APIResponse
  /** The whole JSON document; for an error that is not JSON its text; `undefined` where there is a `body`. */
  readonly data: unknown
  /** What is not JSON, unread: read it, or `destroy()` it to let the connection go. */
  readonly body: Content
  readonly #context: Context

  constructor(context: Context, request: APIRequest, response: APIResponse, data: unknown, body?: Readable) {
    this.#context = context
    this.request = request
    this.response = response
    this.data = data
    // True: the REST types know of each call whether its answer is JSON; untyped, it may be either.
    this.body = body as Content
  }

  /** The root of the API this came from, with the defaults that the call's path had. */
  get api(): Path {
    const { client, defaults } = this.#context
    // True: an ApiPath answers every other name with a path, which is what Path says.
    return new ApiPath({ client, defaults }, '') as Path
  }

  /** The metadata of the envelope; without an envelope, as from a guest socket, the document itself. */
  get metadata(): Metadata {
    // What it is, the REST types say, or the caller.
    return (isEnvelope(this.data) ? this.data.metadata : this.data) as Metadata
  }

  /** The version of what was read, for an `If-Match` header. */
  get etag(): string | undefined {
    return this.response.headers.etag
  }

  /** The body as text; of a JSON answer, the document. */
  async text(): Promise<string> {
    if (this.body !== undefined) return text(this.body)
    return this.data === undefined ? '' : JSON.stringify(this.data)
  }

  /** The body's bytes; all of them in memory. */
  async bytes(): Promise<Buffer> {
    return this.body === undefined ? Buffer.from(await this.text()) : buffer(this.body)
  }

  /** The body parsed as JSON, for a file that holds some; of a JSON answer, the document. */
  async json(): Promise<unknown> {
    return this.body === undefined ? this.data : JSON.parse(await this.text())
  }

  /**
   * Resolves with the result of the finished operation, and at once with this result where it started none.
   *
   * @throws {APIOperationException} it failed; {@link APICancelledException} where somebody cancelled it
   * @throws {APITimeoutException} it took longer than `timeout` seconds, and goes on
   * @throws {APINotFoundException} it ended so long ago (5 s) that the server forgot how
   */
  wait(options?: WaitOptions): Promise<APIResult<Finished, Content>> {
    // True: as the REST types have it, an operation that ended has this metadata.
    return waitForOperation(this, options) as Promise<APIResult<Finished, Content>>
  }

  /** This result, unless it tells of a failure: then that is thrown. Every verb has already called it. */
  validate(): this {
    const failure = failureOf(this)
    if (failure === undefined) return this
    // V8 keeps ten frames; those of the caller are worth more than those that led here.
    Error.captureStackTrace(failure, this.validate)
    throw failure
  }

  toJSON(): Record<string, unknown> {
    const { request, response, data } = this
    return { request: String(request), statusCode: response.statusCode, data: redact(data) }
  }

  [inspect.custom](_depth: number, options: object): string {
    return `APIResult ${inspect({ ...this.toJSON(), ...(this.body && { body: '<unread>' }) }, options)}`
  }
}
