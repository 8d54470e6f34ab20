import { parseGoTime } from '../common/go-time.ts'
import { isRecord } from '../common/is-record.ts'
import { parseFingerprint } from '../connection/tls/server-identity.ts'

/** The content of a trust token, as `lxc config trust add` prints it. */
export interface TrustToken {
  /** The name that the server gives the client's certificate. */
  readonly clientName: string
  /** The SHA-256 of the server's certificate. */
  readonly fingerprint: string
  /** The server's addresses as it knows them, `host:port`. */
  readonly addresses: readonly string[]
  /** When it expires; `undefined` if it does not. */
  readonly expiresAt: Date | undefined
  /** The type of identity, on servers that have several; '' for a client's certificate. */
  readonly type: string
}

/**
 * Reads a trust token. The result omits its only secret field.
 *
 * @throws {TypeError} it is not a trust token
 */
export function readTrustToken(token: string): TrustToken {
  const fields = decode(token)
  const { client_name: clientName, fingerprint, addresses, secret, expires_at: expiry, type } = fields
  if (typeof secret !== 'string' || secret === '' || !Array.isArray(addresses)) throw notAToken()
  return {
    clientName: String(clientName ?? ''),
    fingerprint: parseFingerprint(String(fingerprint)),
    addresses: addresses.map(String),
    expiresAt: parseGoTime(String(expiry)),
    type: typeof type === 'string' ? type : '',
  }
}

function decode(token: string): Record<string, unknown> {
  try {
    const fields: unknown = JSON.parse(Buffer.from(token.trim(), 'base64').toString())
    if (isRecord(fields)) return fields
  } catch {
    // The message of JSON.parse() would quote the token.
  }
  throw notAToken()
}

function notAToken(): TypeError {
  return new TypeError(
    'That is not a trust token: `lxc config trust add` or `incus config trust add` prints one',
  )
}
