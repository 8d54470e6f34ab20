import type { X509Certificate } from 'node:crypto'
import { type Pem, parseCertificate, readPem } from './pem.ts'

/** How a server is known to be the one that is meant. */
export interface ServerOptions {
  /** The server's own certificate, PEM or the path of a PEM file: this very one, whatever name or date it carries. */
  readonly serverCert?: string | Uint8Array
  /** The SHA-256 of the server's own certificate, in hexadecimal: pins it as `serverCert` does. */
  readonly fingerprint?: string
  /** The authorities that vouch for the server's certificate, PEM or the path of a PEM file; else the system's do. */
  readonly ca?: string | Uint8Array
  /** `true` talks to whoever answers, who may read and change everything. For experiments only. */
  readonly insecure?: boolean
}

/** The check that each connection has to pass before anything is sent on it. */
export type ServerCheck =
  | { readonly kind: 'pin'; readonly fingerprint: string; readonly certificate?: X509Certificate }
  | { readonly kind: 'authorities'; readonly ca?: Pem }
  | { readonly kind: 'none' }

const WAYS = ['serverCert', 'fingerprint', 'ca', 'insecure'] as const

/**
 * The check that the options ask for; the system's authorities where they ask for none.
 *
 * @throws {TypeError} on two that contradict each other, and on one that can't be read
 */
export function readServerCheck(options: ServerOptions): ServerCheck {
  const { serverCert, fingerprint, ca, insecure } = options
  const given = WAYS.filter(name => options[name] !== undefined && options[name] !== false)
  if (given.length > 1)
    throw new TypeError(`Give only one of ${given.join(', ')}: they contradict each other`)
  if (serverCert !== undefined)
    return pinOf(parseCertificate('serverCert', readPem('serverCert', serverCert)))
  if (fingerprint !== undefined) return { kind: 'pin', fingerprint: parseFingerprint(fingerprint) }
  if (ca !== undefined) return { kind: 'authorities', ca: readCa(ca) }
  return insecure === true ? { kind: 'none' } : { kind: 'authorities' }
}

/** The SHA-256 of a certificate, as LXD and Incus write it. */
export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase()
}

/** A fingerprint as {@link fingerprintOf} writes it, from that or from what `openssl x509 -fingerprint` prints. */
export function parseFingerprint(text: string): string {
  const plain = String(text).replaceAll(':', '').toLowerCase()
  if (/^[0-9a-f]{64}$/.test(plain)) return plain
  throw new TypeError('fingerprint must be a SHA-256: 64 hexadecimal digits')
}

function pinOf(certificate: X509Certificate): ServerCheck {
  return { kind: 'pin', fingerprint: fingerprintOf(certificate), certificate }
}

function readCa(ca: string | Uint8Array): Pem {
  const pem = readPem('ca', ca)
  parseCertificate('ca', pem)
  return pem
}
