import { Pool } from 'undici'
import { findSocket } from './socket.ts'

/** Where a server is and how to get there. */
export interface TransportOptions {
  /** Path of the server's unix socket; without it and without `baseUrl` the local server's is looked for. */
  readonly socketPath?: string
  /** `https://host:8443`, `http://host:port` or, as the trace writes it, `http+unix://%2Frun%2Fincus%2Funix.socket`. */
  readonly baseUrl?: string | URL
  /** The client's certificate, PEM; goes with `key`. */
  readonly cert?: string | Uint8Array
  /** The client's private key, PEM; goes with `cert`. */
  readonly key?: string | Uint8Array
  /** The authorities that vouch for the server's certificate, PEM; without it the system's do. */
  readonly ca?: string | Uint8Array
}

/** A way to a server: its name, and undici's connections to it. */
export interface Transport {
  /** As the trace shows it, and as `forUrl()` accepts it. */
  readonly origin: string
  readonly socketPath: string | undefined
  readonly dispatcher: Pool
}

// The servers close idle connections after 30 s; one that is kept for less is never lost while it is in use.
const KEEP_ALIVE = { keepAliveTimeout: 20_000, keepAliveMaxTimeout: 20_000 }

/** Opens nothing yet: connections are made when the first call needs one. */
export function createTransport(options: TransportOptions): Transport {
  checkTarget(options)
  const { origin, socketPath } = readTarget(options)
  if (socketPath !== undefined) return unixTransport(socketPath)
  const connect = { cert: pem(options.cert), key: pem(options.key), ca: pem(options.ca) }
  return { origin, socketPath: undefined, dispatcher: new Pool(origin, { ...KEEP_ALIVE, connect }) }
}

function unixTransport(socketPath: string): Transport {
  return {
    origin: `http+unix://${encodeURIComponent(socketPath)}`,
    socketPath,
    // The servers refuse the Host that the socket's path would make.
    dispatcher: new Pool('http://localhost', { ...KEEP_ALIVE, connect: { socketPath } }),
  }
}

function readTarget({ socketPath, baseUrl }: TransportOptions): { origin: string; socketPath?: string } {
  if (baseUrl === undefined) return { origin: '', socketPath: socketPath ?? findSocket(process.env) }
  const url = parseBaseUrl(baseUrl)
  if (url.protocol !== 'http+unix:') return { origin: url.origin }
  return { origin: '', socketPath: decodeURIComponent(url.host) }
}

function parseBaseUrl(baseUrl: string | URL): URL {
  if (!URL.canParse(String(baseUrl))) throw new TypeError(`baseUrl is not a URL: ${baseUrl}`)
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

function checkTarget({ socketPath, baseUrl, cert, key, ca }: TransportOptions): void {
  if (socketPath !== undefined && baseUrl !== undefined)
    throw new TypeError('Give socketPath or baseUrl, not both')
  if (socketPath === '') throw new TypeError('socketPath is empty')
  if ((cert === undefined) !== (key === undefined))
    throw new TypeError('cert and key go together: one is missing')
  if (`${cert ?? ca ?? ''}` !== '' && !String(baseUrl).startsWith('https:')) {
    throw new TypeError('cert, key and ca are for a baseUrl that begins with https://')
  }
}

function pem(text: string | Uint8Array | undefined): string | Buffer | undefined {
  return text === undefined || typeof text === 'string' ? text : Buffer.from(text)
}
