import type { X509Certificate } from 'node:crypto'
import { type Pem, parseCertificate, readPem } from './pem.ts'

/** How the server's identity is checked; without any of these, by the system's certificate authorities. */
export interface ServerOptions {
  /** Pins the server's own certificate, PEM or the path of a PEM file; its host name and dates are not checked. */
  readonly serverCert?: string | Uint8Array
  /** Pins the server's own certificate by its SHA-256 in hexadecimal. */
  readonly fingerprint?: string
  /** Certificate authorities that replace the system's, PEM or the path of a PEM file. */
  readonly ca?: string | Uint8Array
  /** Whether to skip the check: whoever answers can read and change everything. For experiments only. */
  readonly insecure?: boolean
}

/** The check that each connection must pass before anything is sent on it. */
export type ServerCheck =
  | { readonly kind: 'pin'; readonly fingerprint: string; readonly certificate?: X509Certificate }
  | { readonly kind: 'authorities'; readonly ca?: Pem }
  | { readonly kind: 'none' }

const IDENTITY_OPTIONS = ['serverCert', 'fingerprint', 'ca', 'insecure'] as const

/**
 * Reads the check from the options.
 *
 * @throws {TypeError} two options contradict each other, or one is invalid
 * @throws {Error} a file can't be read
 */
export function readServerCheck(options: ServerOptions): ServerCheck {
  const { serverCert, fingerprint, ca, insecure } = options
  const given = IDENTITY_OPTIONS.filter(name => options[name] !== undefined && options[name] !== false)
  if (given.length > 1)
    throw new TypeError(`Give only one of ${given.join(', ')}: they contradict each other`)
  if (serverCert !== undefined)
    return pinOf(parseCertificate('serverCert', readPem('serverCert', serverCert)))
  if (fingerprint !== undefined) return { kind: 'pin', fingerprint: parseFingerprint(fingerprint) }
  if (ca !== undefined) return { kind: 'authorities', ca: readCa(ca) }
  return insecure === true ? { kind: 'none' } : { kind: 'authorities' }
}

/** Returns the SHA-256 of a certificate as LXD and Incus write it. */
export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase()
}

/**
 * Normalizes a fingerprint to the form of {@link fingerprintOf}; the form of `openssl x509 -fingerprint` is accepted too.
 *
 * @throws {TypeError} it is not a SHA-256
 */
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
