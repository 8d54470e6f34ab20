import type { Duplex } from 'node:stream'
import { inspect } from 'node:util'
import type { Client } from './client/client.ts'
import { noteUnanswered } from './client/unanswered-posts.ts'
import { openConnection, type UpgradeOptions } from './client/upgrade.ts'
import { APIPromise } from './promise.ts'
import {
  type Body,
  type CallOptions,
  checkCallOptions,
  type MergedOptions,
  mergeOptions,
} from './request/options.ts'
import { parseQuery } from './request/query.ts'
import { encodeSegment, type Segment } from './request/segment.ts'
import type { APIResult, Untyped } from './result.ts'
import { openWebSocket } from './websocket/open.ts'
import type { APIWebSocket } from './websocket/websocket.ts'

/** What all paths of one tree share: the way to the server, and the defaults of their calls. */
export interface Context {
  readonly client: Client
  readonly defaults: MergedOptions
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
// True: called with new, a function that sets nothing makes an object.
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
    const { pathname, searchParams } = this.#context.client.resolve(url)
    const context = addDefaults(this.#context, { query: parseQuery(searchParams) })
    // A slash at the end would be doubled by the next segment.
    return pathTo(context, pathname.replace(/\/$/, ''))
  }

  /**
   * The same path with defaults for the calls on it and below it.
   *
   * @example
   * const web = api.with({ query: { project: 'web' } })
   */
  with(defaults: CallOptions): this {
    // True: what differs is only what its calls default to.
    return pathTo(addDefaults(this.#context, defaults), this.#url) as unknown as this
  }

  /** Reads. */
  get<T = Untyped>(options?: CallOptions): APIPromise<APIResult<T>> {
    return this.#call('GET', undefined, options)
  }

  /** Reads the headers only. */
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

  #call(
    method: Parameters<Client['call']>[1],
    body: Body | null | undefined,
    options?: CallOptions,
  ): APIPromise {
    const { client, checkAnswer } = this.#context
    const call = client.call(this.#context, method, this.#url, body, options)
    if (method !== 'POST' && checkAnswer === undefined) return call
    const noted = method === 'POST' ? call.catch(error => this.#noteFailure(error)) : call
    return new APIPromise(resolve => resolve(noted.then(checkAnswer)))
  }

  #noteFailure(error: unknown): never {
    noteUnanswered(this.#context.client, this.#url, error)
    throw error
  }
}

/** @internal A path as text, with what it shares with its tree. */
export function pathTo(context: Context, url: string): Path {
  // True: the trap answers every name that is not a member with a path.
  return new ApiPath(context, url) as Path
}

/** @internal The same path, with calls that no signal of it or of its parents aborts. */
export function withoutSignals(path: ApiPath): Path {
  const context = contextOf(path)
  return pathTo({ ...context, defaults: { ...context.defaults, signals: undefined } }, String(path))
}

/** The same way to the server with more defaults. */
export function addDefaults(context: Context, more: CallOptions): Context {
  checkCallOptions(more, 'with()')
  return { ...context, defaults: mergeOptions(context.defaults, more) }
}
