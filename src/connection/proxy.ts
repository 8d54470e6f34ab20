import { buildConnector, type Dispatcher, EnvHttpProxyAgent, errors, Pool } from 'undici'
import { type Connector, checked, type TlsSettings, tlsOptions } from './connector.ts'
import { isLoopback } from './target.ts'

const PROXY_PROTOCOLS = /^(?:https?|socks5?):$/

/** Makes a dispatcher that uses a connector. */
export type MakeDispatcher = (origin: string | URL, connect: Connector) => Dispatcher

// Milliseconds a proxy may take to connect to the server and to say so.
const TUNNEL_TIMEOUT_MS = 10_000

/** The proxy that `HTTPS_PROXY` names; none for this machine itself, which no proxy reaches. */
export function findProxy(hostname: string, environment: NodeJS.ProcessEnv): string | undefined {
  if (isLoopback(hostname)) return undefined
  return environment['https_proxy'] || environment['HTTPS_PROXY'] || undefined
}

/** A dispatcher that goes through a proxy, except to the servers in `NO_PROXY`; the tunnel's far end is checked like any server. */
export function proxied(
  origin: string,
  proxy: string,
  settings: TlsSettings,
  make: MakeDispatcher,
): Dispatcher {
  const tls = tlsOptions(settings)
  checkProxy(proxy)
  const agent = new EnvHttpProxyAgent({
    httpProxy: '',
    httpsProxy: proxy,
    connect: tls,
    requestTls: tls,
    clientFactory: (url, options) => new Pool(url, { ...options, headersTimeout: TUNNEL_TIMEOUT_MS }),
    factory: (url, options) => make(url, checked(connectorOf(options), settings.server)),
  })
  return agent.compose(dispatch => (options, handler) => dispatch({ ...options, origin }, handler))
}

// Node.js and undici show the whole text where it is no URL, with the password in it.
function checkProxy(proxy: string): void {
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined
  if (url !== undefined && PROXY_PROTOCOLS.test(url.protocol) && canDecode(url)) return
  throw new TypeError(
    'HTTPS_PROXY must be a URL that begins with http:// or https://, with user and password percent-encoded',
  )
}

function canDecode({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password)
    return true
  } catch {
    return false
  }
}

// undici hands over the function that makes a tunnel, or where there is no need for one our own TLS options.
function connectorOf(options: object): Connector {
  const { connect } = options as { connect: Connector | buildConnector.BuildOptions }
  return typeof connect === 'function' ? blamingProxy(connect) : buildConnector(connect)
}

/** Tells failures of the proxy from those of the server behind it. */
function blamingProxy(connect: Connector): Connector {
  return (options, callback) => {
    connect(options, (error, socket) => {
      if (error === null) callback(null, socket)
      else callback(isOfProxy(error) ? new ProxyError(error) : error, null)
    })
  }
}

// It can't be connected to, it closes the connection or does not answer, or its answer is no tunnel. Told as they are, some
// of these would have undici connect again, for ever.
function isOfProxy(error: Error): boolean {
  return 'syscall' in error || PROXY_ERRORS.some(ProxyFailure => error instanceof ProxyFailure)
}

const PROXY_ERRORS = [errors.RequestAbortedError, errors.SocketError, errors.HeadersTimeoutError]

class ProxyError extends Error {
  readonly code = 'ERR_PROXY'

  constructor(cause: Error) {
    super(`The proxy makes no tunnel: ${cause.message}`, { cause })
  }
}
