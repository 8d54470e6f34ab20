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

/** The context that all paths of one tree share: the client, and the defaults of their calls. */
export interface Context extends Caller {
  /** Rejects malformed answers; without it, any answer is accepted. */
  readonly checkAnswer?: (result: APIResult) => Promise<APIResult>
}

/** @internal The context of a path; only for this library. */
export let contextOf: (path: ApiPath) => Context

/** Any path below the API: every name that is not a member of {@link ApiPath} is the next segment of the URL. */
export type Path = ApiPath & { readonly [segment: string]: Path }

// The prototype chain of ApiPath ends in this one Proxy, so only names that are not members reach the trap.
function Segments(): void {}
Segments.prototype = new Proxy(Object.create(null), {
  get: (_target, key, path: unknown) =>
    typeof key === 'string' && path instanceof ApiPath ? path.path(key) : undefined,
})
// Safe cast: called with new, a function that sets nothing makes an object.
const Base = Segments as unknown as new () => object

/**
 * A URL of the API, and the HTTP verbs on it. Index access appends a segment; nothing is sent before a verb is called.
 *
 * It has few members, because their names are not available as segments by index access: {@link path} takes any name.
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

  /** Seconds a server gets for slow tasks: the factory's `timeout`, by default 30. */
  get defaultTimeout(): number {
    return this.#context.defaults.timeout ?? 30
  }

  /**
   * The path below this one, with each segment encoded; takes also names that are members.
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
   * The path for a URL from the server, such as an operation's: absolute or from the root, with its query string.
   *
   * @throws {TypeError} on a URL of another server, which must not receive credentials
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
    // Safe cast: only the defaults of its calls differ.
    return pathTo(addDefaults(this.#context, defaults), this.#url) as unknown as this
  }

  /** Reads. */
  get<T = Untyped>(options?: CallOptions): APIPromise<APIResult<T>> {
    return this.#call('GET', undefined, options)
  }

  /** Reads the headers only. An HTTP 500, which has no message here, is repeated as a GET, whose answer counts. */
  head(options?: CallOptions): APIPromise<APIResult<undefined>> {
    return this.#call('HEAD', undefined, options)
  }

  /** Deletes. */
  delete<T = Untyped>(options?: CallOptions): APIPromise<APIResult<T>> {
    return this.#call('DELETE', undefined, options)
  }

  /** Creates a resource, or runs an action; a plain object or array is sent as JSON, anything else unchanged. */
  post<T = Untyped>(body?: Body | null, options?: CallOptions): APIPromise<APIResult<T>> {
    return this.#call('POST', body, options)
  }

  /** Replaces a resource; fields that the body omits are removed. */
  put<T = Untyped>(body?: Body | null, options?: CallOptions): APIPromise<APIResult<T>> {
    return this.#call('PUT', body, options)
  }

  /** Changes only the fields in the body. */
  patch<T = Untyped>(body?: Body | null, options?: CallOptions): APIPromise<APIResult<T>> {
    return this.#call('PATCH', body, options)
  }

  /**
   * Opens a websocket; resolves after the handshake. `signal` also closes it later.
   *
   * @throws {APIException} the server refused
   * @example
   * const socket = await api.events.websocket({ query: { type: 'lifecycle' } })
   */
  websocket(options?: CallOptions): Promise<APIWebSocket> {
    return openWebSocket(this.#context, this.#url, options)
  }

  /**
   * Upgrades a separate connection to another protocol (HTTP/1.1 `Upgrade`), and resolves with it after the handshake,
   * including bytes that came with the answer. With a `body` it is a POST, otherwise a GET.
   *
   * The caller owns the connection: read, write, `end()` or `destroy()` it. The signal, and closing the API, also destroy
   * it later. Errors without a listener are ignored; iterators and pipelines still reject with them.
   *
   * @throws {APIException} the server refused; {@link APIConnectionException} if it did not upgrade
   * @throws {TypeError} on an invalid protocol name
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

  // Sends immediately; an invalid argument is a rejection too, and nothing is sent.
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

/** @internal Creates the path of a URL in a context. */
export function pathTo(context: Context, url: string): Path {
  // Safe cast: the trap answers every name that is not a member with a path.
  return new ApiPath(context, url) as Path
}

/** @internal The same path without the signals in its defaults. */
export function withoutSignals(path: ApiPath): Path {
  return pathTo(dropSignals(contextOf(path)), String(path))
}
