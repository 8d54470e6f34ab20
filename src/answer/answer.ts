import type { Duplex, Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { inspect } from 'node:util'
import { redact } from '../redact/redact.ts'
import type { APIRequest } from '../request/request.ts'
import type { APIResponse } from '../request/response.ts'
import type { APIAnswer, Untyped } from '../request/transaction.ts'
import { isEnvelope } from './envelope.ts'
import { throwFailure } from './failure.ts'

/**
 * What a server answered to one request.
 *
 * `console.log` and `JSON.stringify` show it without its secrets; its properties have all of them.
 */
export class Answer<Metadata = Untyped, Content extends Readable | undefined = Readable | undefined>
  implements APIAnswer<Metadata, Content>
{
  readonly request: APIRequest
  readonly response: APIResponse
  /** The whole JSON document; for an error that is not JSON its text; `undefined` where there is a `body`. */
  readonly data: unknown
  /** The unread body of an answer that is not JSON: read it, or `destroy()` it to release the connection. */
  readonly body: Content

  constructor(request: APIRequest, response: APIResponse, data: unknown, body?: Readable) {
    this.request = request
    this.response = response
    this.data = data
    // Safe cast: the REST types know of each call whether its answer is JSON; untyped, it may be either.
    this.body = body as Content
  }

  /** The metadata of the envelope; without an envelope, as from a guest socket, the document itself. */
  get metadata(): Metadata {
    // Safe cast: the REST types, or the caller, say what it is.
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

  /** This result, unless it reports a failure, which is then thrown. Every verb has already called it. */
  validate(): this {
    throwFailure(this)
    return this
  }

  toJSON(): Record<string, unknown> {
    const { request, response, data } = this
    return { request: String(request), statusCode: response.statusCode, data: redact(data) }
  }

  [inspect.custom](_depth: number, options: object): string {
    return `APIResult ${inspect({ ...this.toJSON(), ...(this.body && { body: '<unread>' }) }, options)}`
  }
}

/** The answer of a server that upgraded the connection. */
export class UpgradedAnswer extends Answer {
  /** The upgraded connection, which the caller has to end. */
  readonly connection: Duplex

  constructor({ request, response }: APIAnswer, connection: Duplex) {
    super(request, response, undefined)
    this.connection = connection
  }
}
