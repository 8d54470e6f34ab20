import type { Readable } from 'node:stream'
import type { APIRequest } from './request.ts'
import type { APIResponse } from './response.ts'

/** What no type describes is for the caller to know, as with JSON.parse(). */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Untyped = any

/**
 * An answered request, as an exception holds it: all of an {@link APIResult} but the ways on from it.
 *
 * @typeParam Metadata what `metadata` is
 * @typeParam Content `undefined` for JSON, a `Readable` for anything else
 */
export interface APIAnswer<Metadata = Untyped, Content extends Readable | undefined = Readable | undefined> {
  readonly request: APIRequest
  readonly response: APIResponse
  /** The whole JSON document; for an error that is not JSON its text; `undefined` where there is a `body`. */
  readonly data: unknown
  /** What is not JSON, unread: read it, or `destroy()` it to let the connection go. */
  readonly body: Content
  /** The metadata of the envelope; without an envelope, as from a guest socket, the document itself. */
  readonly metadata: Metadata
  /** The version of what was read, for an `If-Match` header. */
  readonly etag: string | undefined
  /** The body as text; of a JSON answer, the document. */
  text(): Promise<string>
  /** The body's bytes; all of them in memory. */
  bytes(): Promise<Buffer>
  /** The body parsed as JSON, for a file that holds some; of a JSON answer, the document. */
  json(): Promise<unknown>
  /** This answer, unless it reports a failure, which is then thrown. Every verb has already called it. */
  validate(): this
}
