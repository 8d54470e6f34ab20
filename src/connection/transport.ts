import { type Dispatcher, Pool } from 'undici'
import { closingUnused } from './close-unused.ts'
import { type Connector, connectTcp, connectTls, connectUnix, type TlsSettings } from './connector.ts'
import { findProxy, proxied } from './proxy.ts'
import { isLoopback, readTargets, type Target, type TargetOptions } from './target.ts'
import {
  type ClientIdentity,
  findClientCertificate,
  readClientCertificate,
} from './tls/client-certificate.ts'
import { readServerCheck, type ServerOptions } from './tls/server-identity.ts'

/** Where a server is, how it is known, and as whom to go there. */
export interface TransportOptions extends TargetOptions, ServerOptions {
  /**
   * The client's certificate, PEM or the path of a PEM file; goes with `key`. For `https://`, the one of the user's
   * `lxc` or `incus` program unless given.
   */
  readonly cert?: string | Uint8Array
  /** The client's private key, PEM or the path of a PEM file; goes with `cert`. */
  readonly key?: string | Uint8Array
  /** A bearer token, sent with every request instead of a certificate. */
  readonly token?: string
}

/** A way to one server: its name, and undici's connections to it. */
export interface Transport {
  /** As the trace shows it, and as `forUrl()` accepts it. */
  readonly origin: string
  /** The same for undici and curl, which know no URLs of unix sockets. */
  readonly httpOrigin: string
  readonly socketPath: string | undefined
  /** Whether others can read on the way what is sent: `http://` to another machine. */
  readonly isExposed: boolean
  /** Whom it takes for whom, where it goes over TLS. */
  readonly tls: TlsSettings | undefined
  readonly dispatcher: Dispatcher
}

// The servers close idle connections after 30 s; one that is kept for less is never lost while it is in use.
const KEEP_ALIVE = { keepAliveTimeout: 20_000, keepAliveMaxTimeout: 20_000 }
// The servers refuse the Host that a socket's path would make.
const UNIX_HTTP_ORIGIN = 'http://localhost'
const TLS_OPTIONS = ['cert', 'key', 'serverCert', 'fingerprint', 'ca', 'insecure', 'token'] as const

/** The ways to the servers that the options name; opens nothing yet: connections are made when a call needs one. */
export function createTransports(options: TransportOptions, environment = process.env): readonly Transport[] {
  const targets = readTargets(options, environment)
  if (!targets.some(isTls)) {
    refuseTlsOptions(options)
    return targets.map(target => createPlain(target))
  }
  const tls = readTlsSettings(options, environment)
  return targets.map(target =>
    isTls(target) ? createTls(target.url, tls, environment) : createPlain(target),
  )
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
    httpOrigin: UNIX_HTTP_ORIGIN,
    dispatcher: createPool(UNIX_HTTP_ORIGIN, connectUnix(socketPath)),
  }
}

function createTls({ origin, hostname }: URL, tls: TlsSettings, environment: NodeJS.ProcessEnv): Transport {
  const proxy = findProxy(hostname, environment)
  const dispatcher =
    proxy === undefined ? createPool(origin, connectTls(tls)) : proxied(origin, proxy, tls, createPool)
  return { origin, httpOrigin: origin, socketPath: undefined, isExposed: false, tls, dispatcher }
}

function createPool(origin: string | URL, connect: Connector): Pool {
  return new Pool(origin, { ...KEEP_ALIVE, connect: closingUnused(connect) })
}

function isTls(target: Target): target is Target & { readonly url: URL } {
  return target.url?.protocol === 'https:'
}

function refuseTlsOptions(options: TransportOptions): void {
  const given = TLS_OPTIONS.filter(name => options[name] !== undefined && options[name] !== false)
  if (given.length === 0) return
  throw new TypeError(`${given.join(', ')}: only for a baseUrl that begins with https://`)
}

function readTlsSettings(options: TransportOptions, environment: NodeJS.ProcessEnv): TlsSettings {
  return { ...readIdentity(options, environment), server: readServerCheck(options) }
}

function readIdentity(
  { cert, key, token }: TransportOptions,
  environment: NodeJS.ProcessEnv,
): ClientIdentity {
  if (cert !== undefined && key !== undefined)
    return { client: readClientCertificate(cert, key), lookedIn: [] }
  if (cert !== undefined || key !== undefined) {
    throw new TypeError(`cert and key go together: ${cert === undefined ? 'cert' : 'key'} is missing`)
  }
  if (token === undefined) return findClientCertificate(environment)
  if (typeof token !== 'string' || token === '') throw new TypeError('token must be text, and not empty')
  return { lookedIn: [] }
}
