import { redactUrl } from '../redact/redact.ts'
import { findSocket } from './local-socket.ts'

/** Where a server is. */
export interface TargetOptions {
  /** Path of the server's unix socket; without it and `baseUrl`, the local server's socket is looked up. */
  readonly socketPath?: string
  /**
   * `https://host:8443`, `http://host:port` or, as the trace writes it, `http+unix://%2Frun%2Fincus%2Funix.socket`.
   *
   * A list names the members of a cluster: the first that answers is used, and if it fails the next. It can't mix
   * `https://` and `http://`.
   */
  readonly baseUrl?: string | URL | readonly (string | URL)[]
}

/** A server's unix socket, or its URL. */
export type Target =
  | { readonly socketPath: string; readonly url?: undefined }
  | { readonly socketPath?: undefined; readonly url: URL }

/**
 * Reads the server, or the members of a cluster, from the options.
 *
 * @throws {TypeError} a URL is invalid, or has more than an origin
 * @throws {SocketNotFoundError} neither option is given, and this machine has no usable socket
 */
export function readTargets(
  { socketPath, baseUrl }: TargetOptions,
  environment: NodeJS.ProcessEnv,
): readonly Target[] {
  if (socketPath !== undefined && baseUrl !== undefined)
    throw new TypeError('Give socketPath or baseUrl, not both')
  if (socketPath === '') throw new TypeError('socketPath is empty')
  if (baseUrl === undefined) return [{ socketPath: socketPath ?? findSocket(environment) }]
  // Safe cast: Array.isArray() does not narrow a readonly array.
  const urls = (Array.isArray(baseUrl) ? baseUrl : [baseUrl]) as readonly (string | URL)[]
  if (urls.length === 0) throw new TypeError('baseUrl is an empty list')
  const targets = urls.map(readTarget)
  rejectMixedProtocols(targets)
  return targets
}

/** Whether a host is a loopback address. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

// An attacker who breaks the https:// connection would otherwise get the requests unencrypted by failover.
function rejectMixedProtocols(targets: readonly Target[]): void {
  const protocols = new Set(targets.map(({ url }) => url?.protocol))
  if (protocols.has('https:') && protocols.has('http:'))
    throw new TypeError(
      'baseUrl lists https:// and http:// servers: what is meant for the one must not go to the other in clear',
    )
}

function readTarget(baseUrl: string | URL): Target {
  const url = parseBaseUrl(baseUrl)
  return url.protocol === 'http+unix:' ? { socketPath: decodeSocketPath(url.host) } : { url }
}

function decodeSocketPath(host: string): string {
  try {
    return decodeURIComponent(host)
  } catch (cause) {
    throw new TypeError(`baseUrl must have the path of a socket in UTF-8, not ${host}`, { cause })
  }
}

function parseBaseUrl(baseUrl: string | URL): URL {
  if (!URL.canParse(String(baseUrl)))
    throw new TypeError(`baseUrl is not a URL: ${redactUrl(String(baseUrl))}`)
  const url = new URL(baseUrl)
  if (!['https:', 'http:', 'http+unix:'].includes(url.protocol)) {
    throw new TypeError(`baseUrl must begin with https://, http:// or http+unix://, not ${url.protocol}`)
  }
  if (url.username !== '' || url.password !== '')
    throw new TypeError('baseUrl must not hold a user or a password')
  if (url.pathname.length > 1 || url.search !== '' || url.hash !== '') {
    throw new TypeError(`baseUrl must end after the port: ${url.protocol}//${url.host}`)
  }
  return url
}
