import { Client } from './client.ts'
import {
  type CallOptions,
  checkNames,
  checkTimeout,
  type Headers,
  mergeOptions,
  type Query,
} from './options.ts'
import { ApiPath, addDefaults, type Context, type Path } from './path.ts'
import { Trace } from './trace.ts'
import { createTransport, type TransportOptions } from './transport.ts'

/** Which server, and what all calls to it have in common. */
export interface FactoryOptions extends TransportOptions {
  /** Headers of every request. */
  readonly headers?: Headers
  /** Query parameters of every request: `{ project: 'web' }`. */
  readonly query?: Query
  /** Seconds a server may be silent in any call, and what `defaultTimeout` reads; see {@link CallOptions}. */
  readonly timeout?: number
  /** `true` prints each transaction to stderr whatever `DEBUG` says, `false` never; secrets are masked. */
  readonly debug?: boolean
}

const FACTORY_OPTIONS: ReadonlySet<string> = new Set<keyof FactoryOptions>([
  'socketPath',
  'baseUrl',
  'cert',
  'key',
  'ca',
  'headers',
  'query',
  'timeout',
  'debug',
])

/**
 * A connection to an LXD or Incus server, and the root of its API's paths.
 *
 * @example
 * const api = API.factory()['1.0']
 * const { metadata } = await api.instances.get()
 */
export class API extends ApiPath {
  readonly #context: Context

  /** @internal Use {@link API.factory}. */
  constructor(context: Context) {
    super(context, '')
    this.#context = context
    Object.freeze(this)
  }

  /**
   * The API of a server: over the local socket, or `{ socketPath }`, or `{ baseUrl: 'https://…', cert, key, ca }`.
   *
   * Nothing is sent yet. The local socket is where `LXD_SOCKET`, `INCUS_SOCKET`, `LXD_DIR` or `INCUS_DIR` say, or
   * else the first of the places where LXD and Incus put it.
   *
   * @throws {TypeError} on an option that is unknown, missing its other half, or of the wrong form
   * @throws {SocketNotFoundError} where this machine has no socket that this process may use
   */
  static factory(options: FactoryOptions = {}): API & { readonly [version: string]: Path } {
    checkNames(options, FACTORY_OPTIONS, 'API.factory()')
    checkTimeout(options.timeout, 'API.factory()')
    const { headers, query, timeout } = options
    const client = new Client(createTransport(options), new Trace(options.debug))
    const context = { client, defaults: mergeOptions({}, { headers, query, timeout }) }
    // True: index access on an API gives paths, as on any path.
    return new API(context) as API & { readonly [version: string]: Path }
  }

  /** The same API, over the same connections, with defaults for all its calls. */
  override with(defaults: CallOptions): this {
    // True: what differs is only what its calls default to.
    return new API(addDefaults(this.#context, defaults)) as this
  }

  /**
   * Closes the connections once the calls under way are answered; a body that nobody reads is dropped.
   *
   * A script needs it only to be rid of them early: connections that are not in use don't keep a process alive.
   */
  async close(): Promise<void> {
    await this.#context.client.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
