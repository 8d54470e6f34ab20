import type { Dispatcher } from 'undici'
import { buildConnector, EnvHttpProxyAgent, errors, Pool } from '#undici'
import { type Connector, type TlsSettings, tlsOptions, withPinCheck } from './connector.ts'
import { isLoopback } from './target.ts'

const PROXY_PROTOCOLS = /^(?:https?|socks5?):$/

/** Creates a dispatcher that uses a connector. */
export type CreateDispatcher = (origin: string | URL, connect: Connector) => Dispatcher

// How long a proxy may take to connect to the server and to answer.
const TUNNEL_TIMEOUT_MS = 10_000

/** Returns the proxy in `HTTPS_PROXY`; `undefined` for loopback addresses, which no proxy reaches. */
export function findProxy(hostname: string, environment: NodeJS.ProcessEnv): string | undefined {
  if (isLoopback(hostname)) return undefined
  return environment['https_proxy'] || environment['HTTPS_PROXY'] || undefined
}

/**
 * Creates a dispatcher that goes through a proxy, except to the servers in `NO_PROXY`. The server at the end of the tunnel
 * is checked like any other.
 *
 * @throws {TypeError} the proxy's URL is invalid
 */
export function createProxyDispatcher(
  origin: string,
  proxy: string,
  settings: TlsSettings,
  create: CreateDispatcher,
): Dispatcher {
  const tls = tlsOptions(settings)
  checkProxyUrl(proxy)
  const agent = new EnvHttpProxyAgent({
    httpProxy: '',
    httpsProxy: proxy,
    connect: tls,
    requestTls: tls,
    clientFactory: (url, options) => new Pool(url, { ...options, headersTimeout: TUNNEL_TIMEOUT_MS }),
    factory: (url, options) => create(url, withPinCheck(connectorOf(options), settings.server)),
  })
  return agent.compose(dispatch => (options, handler) => dispatch({ ...options, origin }, handler))
}

// For an invalid URL, Node.js and undici quote the whole text, including the password.
function checkProxyUrl(proxy: string): void {
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined
  if (url !== undefined && PROXY_PROTOCOLS.test(url.protocol) && hasDecodableCredentials(url)) return
  throw new TypeError(
    'HTTPS_PROXY must be a URL that begins with http:// or https://, with user and password percent-encoded',
  )
}

function hasDecodableCredentials({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password)
    return true
  } catch {
    return false
  }
}

// undici passes a function that opens a tunnel or, if none is needed, our own TLS options.
function connectorOf(options: object): Connector {
  const { connect } = options as { connect: Connector | buildConnector.BuildOptions }
  return typeof connect === 'function' ? withProxyErrors(connect) : buildConnector(connect)
}

/** Distinguishes failures of the proxy from those of the server behind it. */
function withProxyErrors(connect: Connector): Connector {
  return (options, callback) => {
    connect(options, (error, socket) => {
      if (error === null) callback(null, socket)
      else callback(isProxyFailure(error) ? new ProxyError(error) : error, null)
    })
  }
}

// The proxy is unreachable, closes the connection, does not answer or refuses the tunnel. Unwrapped, some of these errors
// make undici reconnect forever.
function isProxyFailure(error: Error): boolean {
  return 'syscall' in error || PROXY_ERRORS.some(ProxyFailure => error instanceof ProxyFailure)
}

const PROXY_ERRORS = [errors.RequestAbortedError, errors.SocketError, errors.HeadersTimeoutError]

class ProxyError extends Error {
  readonly code = 'ERR_PROXY'

  constructor(cause: Error) {
    super(`The proxy makes no tunnel: ${cause.message}`, { cause })
  }
}
