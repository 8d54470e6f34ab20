import { isRecord } from '../common/is-record.ts'
import { parseFingerprint } from '../connection/tls/server-identity.ts'

/** What a server puts into a token that lets one client join, as `lxc config trust add` prints it. */
export interface TrustToken {
  /** The name that the client's certificate will have on the server. */
  readonly clientName: string
  /** The SHA-256 of the server's certificate. */
  readonly fingerprint: string
  /** `host:port` of the server, as it sees itself. */
  readonly addresses: readonly string[]
  /** When the server forgets it; `undefined` if it does not. */
  readonly expiresAt: Date | undefined
  /** The kind of identity, on servers that know several; '' for a client's certificate. */
  readonly type: string
}

/**
 * Reads a token; what is in it is not a secret, apart from one field that is left out here.
 *
 * @throws {TypeError} it is none
 */
export function readTrustToken(token: string): TrustToken {
  const fields = decode(token)
  const { client_name: clientName, fingerprint, addresses, secret, expires_at: expiry, type } = fields
  if (typeof secret !== 'string' || secret === '' || !Array.isArray(addresses)) throw notAToken()
  return {
    clientName: String(clientName ?? ''),
    fingerprint: parseFingerprint(String(fingerprint)),
    addresses: addresses.map(String),
    expiresAt: readExpiry(expiry),
    type: typeof type === 'string' ? type : '',
  }
}

function decode(token: string): Record<string, unknown> {
  try {
    const fields: unknown = JSON.parse(Buffer.from(token.trim(), 'base64').toString())
    if (isRecord(fields)) return fields
  } catch {
    // V8's message would quote what may be a secret.
  }
  throw notAToken()
}

function notAToken(): TypeError {
  return new TypeError(
    'That is not a trust token: `lxc config trust add` or `incus config trust add` prints one',
  )
}

// Go writes a time that is none as the first day of the year 1.
function readExpiry(text: unknown): Date | undefined {
  const date = new Date(String(text))
  return date.getTime() > 0 ? date : undefined
}
