import { isError } from '../common/is-error.ts'
import type { APIRequest } from '../request/request.ts'

/** Describes a failed connection, and how to fix it. */
export function explainFailure(cause: unknown, { origin }: APIRequest): string {
  const { code, message } = readCause(cause)
  const remedy = remedyFor(code, message, origin.startsWith('http+unix:'))
  return remedy === undefined ? message : `${message} (${remedy})`
}

function readCause(cause: unknown): { code: string; message: string } {
  if (!isError(cause)) return { code: '', message: String(cause) }
  // Every address of a host failed: the first failure represents all.
  if ('errors' in cause && Array.isArray(cause.errors) && cause.errors.length > 0)
    return readCause(cause.errors[0])
  const { code } = cause as NodeJS.ErrnoException
  return { code: typeof code === 'string' ? code : '', message: cause.message || code || cause.name }
}

function remedyFor(code: string, message: string, isUnix: boolean): string | undefined {
  if (isUnix && code in UNIX_REMEDIES) return UNIX_REMEDIES[code]
  if (code in REMEDIES) return REMEDIES[code]
  return PATTERNS.find(([pattern]) => pattern.test(`${code} ${message}`))?.[1]
}

const UNIX_REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket: is the daemon installed and running?',
  EACCES: 'this user may not use the socket: add it to the group lxd or incus-admin, then log in again',
  ECONNREFUSED: 'nobody listens on the socket: is the daemon running?',
  ENOTSOCK: 'that file is not a socket',
}

const REMEDIES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there: is core.https_address set on the server, and the port right?',
  ENOTFOUND: 'no such host name',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'there is no way to that host from here',
  ENETUNREACH: 'there is no way to that network from here',
  ECONNRESET: 'the server closed the connection before its answer was complete',
  EPIPE: 'the server closed the connection before it had read the request',
  UND_ERR_SOCKET: 'the server closed the connection before its answer was complete',
  UND_ERR_CONNECT_TIMEOUT:
    'nothing answers at that address: is it right, and does a firewall let it through?',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer was cut short',
  UND_ERR_CLOSED: 'close() was called before this',
  UND_ERR_DESTROYED: 'close() was called before this',
  ERR_CERTIFICATE_MISMATCH:
    'nothing was sent to it: if the server did get a new certificate, pass that as `serverCert`; if not, something else answers',
  ERR_PROXY: 'HTTPS_PROXY names it; NO_PROXY lists the hosts to reach without it',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for other host names: pass it as `serverCert`, whatever name it carries',
  CERT_HAS_EXPIRED: 'renew the certificate of the server, or pass that very one as `serverCert`',
}

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [
    /CERT|SELF_SIGNED|ISSUER|UNABLE_TO_VERIFY/,
    'no authority vouches for the server: pass its certificate as `serverCert`, or the SHA-256 of it as `fingerprint`',
  ],
  [
    /wrong version number|packet length too long/,
    'the server speaks plain HTTP, not HTTPS: is the port right?',
  ],
  [/^HPE_|does not match the HTTP/, 'what answers does not speak HTTP, or speaks HTTPS'],
]
