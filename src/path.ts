import type { Duplex } from 'node:stream'
import { inspect } from 'node:util'
import { addDefaults, type Caller, dropSignals, placeOf, prepareCall } from './client/caller.ts'
import { noteUnanswered } from './client/unanswered-posts.ts'
import { openConnection, type UpgradeOptions } from './client/upgrade.ts'
import { APIPromise } from './promise.ts'
import type { Method } from './request/call.ts'
import type { Body, CallOptions } from './request/options.ts'
import { encodeSegment, type Segment } from './request/segment.ts'
import type { Untyped } from './request/transaction.ts'
import { APIResult } from './result.ts'
import { openWebSocket } from './websocket/open.ts'
import type { APIWebSocket } from './websocket/websocket.ts'

/** What all paths of one tree share: the client, and the defaults of their calls. */
export interface Context extends Caller {
  /** Throws on answers that whoever made the path could not act on; all are let through without it. */
  readonly checkAnswer?: (result: APIResult) => Promise<APIResult>
}

/** @internal What a path shares with its whole tree; only for what is in this library. */
export let contextOf: (path: ApiPath) => Context

/** Any path below the API: every name that is not a member of {@link ApiPath} is the next segment of the URL. */
export type Path = ApiPath & { readonly [segment: string]: Path }

// The prototype chain of ApiPath ends in this one Proxy, so only names that are nowhere else reach the trap.
function Segments(): void {}
Segments.prototype = new Proxy(Object.create(null), {
  get: (_target, key, path: unknown) =>
    typeof key === 'string' && path instanceof ApiPath ? path.path(key) : undefined,
})
// Safe cast: called with new, a function that sets nothing makes an object.
const Base = Segments as unknown as new () => object

/**
 * A URL of the API, and the HTTP verbs on it. Index access gives the next segment; nothing is sent before a verb.
 *
 * Its members are few, because each is a name that index access can't reach: {@link path} reaches all of them.
 * Paths are frozen.
 *
 * @example
 * await api.instances[name].state.get()
 */
export class ApiPath extends Base {
  static {
    contextOf = path => path.#context
  }

  readonly #context: Context
  readonly #url: string

  /** @internal Paths come from `API.factory()`. */
  constructor(context: Context, url: string) {
    super()
    this.#context = context
    this.#url = url
    if (new.target === ApiPath) Object.freeze(this)
  }

  /** Seconds to give a server for what may take long: the factory's `timeout`, else 30. */
  get defaultTimeout(): number {
    return this.#context.defaults.timeout ?? 30
  }

  /**
   * The path below this one, each segment encoded: reaches also the names that are members here.
   *
   * @throws {TypeError} on a segment that is empty, `.`, `..`, `null` or `undefined`
   * @example
   * api.instances.path('get', 'snapshots')
   */
  path(...segments: readonly Segment[]): Path {
    let url = this.#url
    for (const segment of segments) url += `/${encodeSegment(segment, url)}`
    return pathTo(this.#context, url)
  }

  /**
   * The path for a URL that the server gave, such as an operation's: with its query string, absolute or from the root.
   *
   * @throws {TypeError} on a URL of another server: neither credentials nor certificates travel there
   * @example
   * await api.forUrl(`${operation}/wait`).get()
   */
  forUrl(url: string | URL): Path {
    const { caller, path } = placeOf(this.#context, url)
    return pathTo(caller, path)
  }

  /**
   * The same path with defaults for the calls on it and below it.
   *
   * @example
   * const web = api.with({ query: { project: 'web' } })
   */
  with(defaults: CallOptions): this {
    // Safe cast: what differs is only what its calls default to.
    return pathTo(addDefaults(this.#context, defaults), this.#url) as unknown as this
  }

  /** Reads. */
  get<T = Untyped>(options?: CallOptions): APIPromise<APIResult<T>> {
    return this.#call('GET', undefined, options)
  }

  /** Reads the headers only. A server that answers 500, which has no words here, is asked by GET: that answer counts. */
  head(options?: CallOptions): APIPromise<APIResult<undefined>> {
    return this.#call('HEAD', undefined, options)
  }

  /** Deletes. */
  delete<T = Untyped>(options?: CallOptions): APIPromise<APIResult<T>> {
    return this.#call('DELETE', undefined, options)
  }

  /** Creates, or does something; a plain object or array is sent as JSON, all else as it is. */
  post<T = Untyped>(body?: Body | null, options?: CallOptions): APIPromise<APIResult<T>> {
    return this.#call('POST', body, options)
  }

  /** Replaces; what the body leaves out is gone. */
  put<T = Untyped>(body?: Body | null, options?: CallOptions): APIPromise<APIResult<T>> {
    return this.#call('PUT', body, options)
  }

  /** Changes what the body names, and nothing else. */
  patch<T = Untyped>(body?: Body | null, options?: CallOptions): APIPromise<APIResult<T>> {
    return this.#call('PATCH', body, options)
  }

  /**
   * Opens a websocket; resolves once the server agreed. `signal` ends it also later.
   *
   * @throws {APIException} the server refused, in its own words
   * @example
   * const socket = await api.events.websocket({ query: { type: 'lifecycle' } })
   */
  websocket(options?: CallOptions): Promise<APIWebSocket> {
    return openWebSocket(this.#context, this.#url, options)
  }

  /**
   * Asks the server to go on in another protocol on a connection of its own (HTTP/1.1 `Upgrade`), and resolves with that
   * connection once it agreed: nothing that came with its answer is lost. With a `body` it is a POST, else a GET.
   *
   * The connection is the caller's: read, write, `end()` or `destroy()` it. The signal, and closing the API, destroy it
   * also later. An error of it that nobody listens to is silent; iterators and pipelines are told.
   *
   * @throws {APIException} the server refused, in its own words; {@link APIConnectionException} where it did not upgrade
   * @throws {TypeError} on what is no name of a protocol
   * @example
   * const sftp = await api.instances[name].sftp.upgrade('sftp')
   */
  upgrade(protocol: string, options?: UpgradeOptions): Promise<Duplex> {
    return openConnection(this.#context, this.#url, protocol, options)
  }

  /** The URL from the root of the server, without a query string: `/1.0/instances/web`. */
  override toString(): string {
    return this.#url
  }

  [inspect.custom](): string {
    return `${this.constructor.name} <${this.#url}>`
  }

  #call(method: Method, body: Body | null | undefined, options?: CallOptions): APIPromise {
    return new APIPromise(resolve => resolve(this.#send(method, body, options)))
  }

  // Sends at once; a bad argument is a rejection too, and then nothing is sent.
  async #send(method: Method, body: Body | null | undefined, options?: CallOptions): Promise<APIResult> {
    const context = this.#context
    const { client, checkAnswer } = context
    try {
      const call = prepareCall(context, method, this.#url, body, options)
      const answer = await (method === 'HEAD' ? client.head(call) : client.send(call))
      const result = new APIResult(answer, context, pathTo)
      return checkAnswer === undefined ? result : await checkAnswer(result)
    } catch (error) {
      if (method === 'POST') noteUnanswered(client, this.#url, error)
      throw error
    }
  }
}

/** @internal A path as text, with what it shares with its tree. */
export function pathTo(context: Context, url: string): Path {
  // Safe cast: the trap answers every name that is not a member with a path.
  return new ApiPath(context, url) as Path
}

/** @internal The same path, with calls that no signal of it or of its parents aborts. */
export function withoutSignals(path: ApiPath): Path {
  return pathTo(dropSignals(contextOf(path)), String(path))
}
