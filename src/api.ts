import { addDefaults } from './client/caller.ts'
import { Client } from './client/client.ts'
import { findGuestSocket } from './connection/local-socket.ts'
import { Members } from './connection/members.ts'
import type { TransportOptions } from './connection/transport.ts'
import type { GuestRoot } from './guest.ts'
import { createOidcAuthorizer } from './oidc/authorizer.ts'
import type { OidcOptions } from './oidc/options.ts'
import { ApiPath, type Context } from './path.ts'
import { redactUrl } from './redact/redact.ts'
import { connectionOf, oidcOf } from './remotes/connection.ts'
import { findRemote } from './remotes/find-remote.ts'
import { listRemotes, type Remote } from './remotes/remotes.ts'
import { readTrustToken } from './remotes/trust-token.ts'
import {
  type CallOptions,
  checkNames,
  checkTimeouts,
  type HeaderValues,
  mergeOptions,
  type Query,
} from './request/options.ts'
import type { Root } from './rest.ts'
import { Trace } from './trace/trace.ts'

/** Options of {@link API.factory}: the server, and the defaults of all calls. */
export interface FactoryOptions extends TransportOptions {
  /**
   * Logs a user in with OpenID Connect, at the issuer that the server names, instead of a certificate: at the first call,
   * and when the tokens in the store are no longer accepted. For servers on `https://` only.
   */
  readonly oidc?: OidcOptions
  /** Headers of every request. */
  readonly headers?: HeaderValues
  /** Query parameters of every request: `{ project: 'web' }`. */
  readonly query?: Query
  /** Seconds a server may be silent in any call; see {@link CallOptions}. */
  readonly idleTimeout?: number
  /** Seconds that any call may take as a whole, and what `defaultTimeout` reads; see {@link CallOptions}. */
  readonly timeout?: number
  /** Whether to print each transaction to stderr, with secrets masked; `DEBUG` decides by default. */
  readonly debug?: boolean
}

/** Options of {@link API.remote}: the defaults of all calls; the connection is in its configuration. */
export type RemoteOptions = Omit<FactoryOptions, keyof TransportOptions>

/** Options of {@link API.guest}: the socket, and the defaults of all calls. */
export type GuestOptions = Pick<FactoryOptions, 'socketPath' | 'idleTimeout' | 'timeout' | 'debug'>

const GUEST_OPTIONS: ReadonlySet<string> = new Set<keyof GuestOptions>([
  'socketPath',
  'idleTimeout',
  'timeout',
  'debug',
])

const FACTORY_OPTIONS: ReadonlySet<string> = new Set<keyof FactoryOptions>([
  'socketPath',
  'baseUrl',
  'cert',
  'key',
  'serverCert',
  'fingerprint',
  'ca',
  'insecure',
  'token',
  'dispatcher',
  'oidc',
  'headers',
  'query',
  'idleTimeout',
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
   * The API of a server: over the local socket, or `{ socketPath }`, or `{ baseUrl: 'https://…', serverCert }`.
   *
   * Nothing is sent yet. The local socket is where `LXD_SOCKET`, `INCUS_SOCKET`, `LXD_DIR` or `INCUS_DIR` say, or
   * else the first of the places where LXD and Incus put it.
   *
   * @throws {TypeError} on an option that is unknown, incomplete or invalid
   * @throws {SocketNotFoundError} if this machine has no socket that this process may use
   */
  static factory(options: FactoryOptions = {}): Root & API {
    checkNames(options, FACTORY_OPTIONS, 'API.factory()')
    checkTimeouts(options, 'API.factory()')
    const { headers, query, idleTimeout, timeout, token } = options
    const bearer = token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }
    const client = createClient(options)
    const context = { client, defaults: mergeOptions(bearer, { headers, query, idleTimeout, timeout }) }
    // Safe cast: index access on an API gives paths, which is what the REST types say.
    return new API(context) as Root & API
  }

  /**
   * The API of the server that issued a trust token: at its addresses, pinned to its fingerprint.
   *
   * @throws {TypeError} on an invalid token
   * @example
   * const api = API.fromToken(token)
   * await trust(api, { token })
   */
  static fromToken(token: string, options: FactoryOptions = {}): Root & API {
    const { addresses, fingerprint } = readTrustToken(token)
    return API.factory({ ...options, baseUrl: addresses.map(address => `https://${address}`), fingerprint })
  }

  /**
   * The API of a server that `lxc` or `incus` knows by name, in the project that is set there; without a name that of
   * the default remote. Takes the package `yaml`.
   *
   * A log-in by OpenID Connect is that of the program, whose tokens are refreshed and kept where they are. For a user to
   * log in again, give `oidc: { onCode }`.
   *
   * `LXD_CONF`, `INCUS_CONF`, `LXC_REMOTE`, `INCUS_REMOTE` and `INCUS_PROJECT` have the same effect as for these programs.
   *
   * @throws {Error} there is no such remote, or it can't be used, such as an image server
   * @example
   * const api = API.remote('prod')['1.0']
   */
  static remote(name?: string, options: RemoteOptions = {}): Root & API {
    return openRemote(findRemote(name, process.env), options)
  }

  /**
   * The guest API of the instance that this process runs in: its configuration, devices and events, and its state as the
   * host sees it. Without `socketPath` at `/dev/incus/sock` or `/dev/lxd/sock`, which only root may use.
   *
   * See https://documentation.ubuntu.com/lxd/latest/dev-lxd/
   *
   * @throws {SocketNotFoundError} this is no instance, or it may not use the API
   * @example
   * const guest = API.guest()['1.0']
   * const role = await (await guest.config['user.role'].get()).text()
   * await guest.patch({ state: 'Ready' })
   */
  static guest(options: GuestOptions = {}): GuestRoot & API {
    checkNames(options, GUEST_OPTIONS, 'API.guest()')
    const { socketPath = findGuestSocket() } = options
    // Safe cast: index access on an API gives paths, which is what the types of the guest API say.
    return API.factory({ ...options, socketPath }) as API as GuestRoot & API
  }

  /** The servers that `lxc` and `incus` know by name; takes the package `yaml`. */
  static remotes(): readonly Remote[] {
    return listRemotes(process.env)
  }

  /** The same API, over the same connections, with defaults for all its calls. */
  override with(defaults: CallOptions): this {
    // Safe cast: only the defaults of its calls differ.
    return new API(addDefaults(this.#context, defaults)) as this
  }

  /**
   * Closes the connections once running calls are answered, and commands of `exec()` have ended; unread bodies are
   * destroyed.
   *
   * Websockets and other upgraded connections are ended: event streams end, consoles are detached, and what
   * `spawn()` started is killed.
   *
   * Scripts need it only to close connections early: idle connections don't keep a process alive.
   */
  async close(): Promise<void> {
    await this.#context.client.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** The API of a remote that is looked up already, in the project that is set for it. */
export function openRemote(remote: Remote, options: RemoteOptions = {}): Root & API {
  const query = remote.project === undefined ? options.query : { project: remote.project, ...options.query }
  const oidc = oidcOf(remote, options.oidc)
  return API.factory({ ...options, ...connectionOf(remote, process.env), oidc, query })
}

/**
 * The root of an image server, which has no API but files, at the address of a remote; its user and password, if the
 * address has any, are sent, but no client certificate.
 *
 * @throws {TypeError} the address is not a URL
 */
export function openImageServer(address: string, serverCert: string | undefined): API {
  const { origin, username, password } = parseAddress(address)
  const client = new Client(new Members({ baseUrl: origin, serverCert, isAnonymous: true }), new Trace())
  const user = [username, password].map(decodeURIComponent).join(':')
  const authorization = user === ':' ? undefined : `Basic ${Buffer.from(user).toString('base64')}`
  return new API({ client, defaults: mergeOptions({}, { headers: { authorization } }) })
}

function parseAddress(address: string): URL {
  if (URL.canParse(address)) return new URL(address)
  throw new TypeError(`The address of the remote is not a URL: ${redactUrl(address)}`)
}

function createClient(options: FactoryOptions): Client {
  const { oidc, ...connection } = options
  const trace = new Trace(options.debug)
  if (oidc === undefined) return new Client(new Members(connection), trace)
  if (options.dispatcher !== undefined)
    throw new TypeError('oidc: not beside dispatcher, which makes the connections')
  if (options.token !== undefined)
    throw new TypeError('API.factory(): give token or oidc, not both: a log-in gives a token of its own')
  const authorizer = createOidcAuthorizer(oidc, trace)
  const client = new Client(new Members({ ...connection, isAnonymous: true }), trace, authorizer)
  if (client.tls === undefined) throw new TypeError('oidc: only for a baseUrl that begins with https://')
  return client
}
