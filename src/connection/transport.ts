import { Pool } from '#undici'
import { checkUndici } from './check-undici.ts'
import { closeUnused } from './close-unused.ts'
import { type Connector, connectTcp, connectTls, connectUnix, type TlsSettings } from './connector.ts'
import {
  checkGivenDispatcher,
  dispatcherFor,
  type GivenDispatcher,
  type OriginDispatcher,
} from './given-dispatcher.ts'
import { createProxyDispatcher, findProxy } from './proxy.ts'
import { isLoopback, readTargets, type Target, type TargetOptions } from './target.ts'
import {
  type ClientIdentity,
  findClientCertificate,
  readClientCertificate,
} from './tls/client-certificate.ts'
import { readServerCheck, type ServerOptions } from './tls/server-identity.ts'

/** Where a server is, how its identity is checked, and the client's credentials. */
export interface TransportOptions extends TargetOptions, ServerOptions {
  /**
   * The client's certificate, PEM or the path of a PEM file; requires `key`. For `https://`, the default is that of the
   * user's `lxc` or `incus` program.
   */
  readonly cert?: string | Uint8Array
  /** The client's private key, PEM or the path of a PEM file; requires `cert`. */
  readonly key?: string | Uint8Array
  /** A bearer token, sent with every request instead of a certificate. */
  readonly token?: string
  /**
   * A dispatcher of undici that sends all requests, such as a `MockAgent`, a `ProxyAgent` or one with interceptors, instead
   * of connections of this library. Beside it only `baseUrl` says where the server is, `http://localhost` by default.
   *
   * Sockets, TLS, how the server's identity is checked, proxies and retries are then the caller's business, and so is
   * closing it. Websockets and other upgrades go through it too.
   *
   * @example
   * const agent = new MockAgent({ connections: 1 })
   * const api = API.factory({ dispatcher: agent, baseUrl: 'https://lxd.example:8443' })
   */
  readonly dispatcher?: GivenDispatcher
}

/** What only this library itself asks of its connections. */
export interface InternalTransportOptions extends TransportOptions {
  /** Whether no client certificate is presented, not even the user's own. */
  readonly isAnonymous?: boolean
}

/** One server: its origin, and the dispatcher of its connections. */
export interface Transport {
  /** The form that the trace prints and `forUrl()` accepts. */
  readonly origin: string
  /** The form for undici and curl, which have no URLs of unix sockets. */
  readonly httpOrigin: string
  readonly socketPath: string | undefined
  /** Whether traffic crosses the network unencrypted: `http://` to another machine. */
  readonly isExposed: boolean
  /** `undefined` without TLS. */
  readonly tls: TlsSettings | undefined
  readonly dispatcher: OriginDispatcher
}

// The servers close idle connections after 30 s; closing them earlier avoids a race with a request.
const KEEP_ALIVE = { keepAliveTimeout: 20_000, keepAliveMaxTimeout: 20_000 }
// The servers reject a `Host` header derived from a socket path.
const LOCAL_ORIGIN = 'http://localhost'
const TLS_OPTIONS = ['cert', 'key', 'serverCert', 'fingerprint', 'ca', 'insecure', 'token'] as const

/**
 * Creates a transport for each server in the options; connections are only opened by calls.
 *
 * @throws {TypeError} an option is invalid, or contradicts another
 * @throws {Error} a file can't be read
 * @throws {SocketNotFoundError} no server is given, and this machine has no usable socket
 */
export function createTransports(
  options: InternalTransportOptions,
  environment = process.env,
): readonly Transport[] {
  if (options.dispatcher !== undefined) return createGiven(options.dispatcher, options)
  checkUndici()
  const targets = readTargets(options, environment)
  if (!targets.some(isTls)) {
    rejectOptions(TLS_OPTIONS, options, 'only for a baseUrl that begins with https://')
    return targets.map(target => createPlain(target))
  }
  const tls = readTlsSettings(options, environment)
  return targets.map(target =>
    isTls(target) ? createTls(target.url, tls, environment) : createPlain(target),
  )
}

function createGiven(dispatcher: GivenDispatcher, options: TransportOptions): readonly Transport[] {
  checkGivenDispatcher(dispatcher)
  rejectOptions(['socketPath', ...TLS_OPTIONS], options, 'not beside dispatcher, which makes the connections')
  const { baseUrl = LOCAL_ORIGIN } = options
  return readTargets({ baseUrl }, {}).map(({ url }) => {
    if (url === undefined)
      throw new TypeError('baseUrl must begin with https:// or http:// beside a dispatcher')
    const { origin, protocol, hostname } = url
    const isExposed = protocol === 'http:' && !isLoopback(hostname)
    const known = { origin, httpOrigin: origin, socketPath: undefined, tls: undefined, isExposed }
    return { ...known, dispatcher: dispatcherFor(origin, dispatcher) }
  })
}

function createPlain({ socketPath, url }: Target): Transport {
  if (socketPath === undefined) {
    const { origin, hostname } = url
    const known = { socketPath, tls: undefined, isExposed: !isLoopback(hostname) }
    return { ...known, origin, httpOrigin: origin, dispatcher: createPool(origin, connectTcp()) }
  }
  return {
    socketPath,
    tls: undefined,
    isExposed: false,
    origin: `http+unix://${encodeURIComponent(socketPath)}`,
    httpOrigin: LOCAL_ORIGIN,
    dispatcher: createPool(LOCAL_ORIGIN, connectUnix(socketPath)),
  }
}

function createTls({ origin, hostname }: URL, tls: TlsSettings, environment: NodeJS.ProcessEnv): Transport {
  const proxy = findProxy(hostname, environment)
  const dispatcher =
    proxy === undefined
      ? createPool(origin, connectTls(tls))
      : createProxyDispatcher(origin, proxy, tls, createPool)
  return { origin, httpOrigin: origin, socketPath: undefined, isExposed: false, tls, dispatcher }
}

function createPool(origin: string | URL, connect: Connector): Pool {
  return new Pool(origin, { ...KEEP_ALIVE, connect: closeUnused(connect) })
}

function isTls(target: Target): target is Target & { readonly url: URL } {
  return target.url?.protocol === 'https:'
}

function rejectOptions(
  names: readonly (keyof TransportOptions)[],
  options: TransportOptions,
  reason: string,
): void {
  const given = names.filter(name => options[name] !== undefined && options[name] !== false)
  if (given.length > 0) throw new TypeError(`${given.join(', ')}: ${reason}`)
}

function readTlsSettings(options: InternalTransportOptions, environment: NodeJS.ProcessEnv): TlsSettings {
  return { ...readIdentity(options, environment), server: readServerCheck(options) }
}

function readIdentity(
  { cert, key, token, isAnonymous }: InternalTransportOptions,
  environment: NodeJS.ProcessEnv,
): ClientIdentity {
  if (cert !== undefined && key !== undefined)
    return { client: readClientCertificate(cert, key), searchedFolders: [] }
  if (cert !== undefined || key !== undefined) {
    throw new TypeError(`cert and key go together: ${cert === undefined ? 'cert' : 'key'} is missing`)
  }
  if (isAnonymous) return { searchedFolders: [] }
  if (token === undefined) return findClientCertificate(environment)
  if (typeof token !== 'string' || token === '') throw new TypeError('token must be text, and not empty')
  return { searchedFolders: [] }
}
