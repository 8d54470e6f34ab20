import { generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTempFolder } from './clean-up.ts'
import { der, oid, sequence, TAGS } from './der.ts'

/** The content of a certificate. */
export interface CertificateOptions {
  readonly name?: string
  /** How many days from now it is valid; -1 makes it expired since yesterday. */
  readonly days?: number
}

/** A self-signed certificate with its key, as PEM text and as files that are removed at exit. */
export interface Certificate {
  readonly cert: string
  readonly key: string
  readonly certPath: string
  readonly keyPath: string
}

const DAY_MS = 86_400_000
const VERSION_3 = der(0xa0, der(TAGS.integer, [2]))
const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))
const FOR_CLIENTS = oid('1.3.6.1.5.5.7.3.2')
const FOR_SERVERS = oid('1.3.6.1.5.5.7.3.1')
const LOCAL_ADDRESS = der(0x87, [127, 0, 0, 1])
const LOCAL_NAME = der(0x82, Buffer.from('localhost'))
const EXTENSIONS = sequence(
  // Critical basic constraints: not a certificate authority.
  sequence(oid('2.5.29.19'), der(TAGS.boolean, [0xff]), der(TAGS.octetString, sequence())),
  sequence(oid('2.5.29.37'), der(TAGS.octetString, sequence(FOR_CLIENTS, FOR_SERVERS))),
  sequence(oid('2.5.29.17'), der(TAGS.octetString, sequence(LOCAL_ADDRESS, LOCAL_NAME))),
)

/** Creates a certificate for a client, and for a server on 127.0.0.1. */
export function makeCertificate({ name = 'test', days = 30 }: CertificateOptions = {}): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const dir = createTempFolder()
  const certPath = join(dir, 'client.crt')
  const keyPath = join(dir, 'client.key')
  const cert = toPem(withSignature(contents(name, days, publicKey), privateKey))
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  writeFileSync(certPath, cert)
  writeFileSync(keyPath, key, { mode: 0o600 })
  return { cert, key, certPath, keyPath }
}

// The fields are those of https://www.rfc-editor.org/rfc/rfc5280#section-4.1
function contents(name: string, days: number, publicKey: KeyObject): Buffer {
  // The first byte keeps the number positive.
  const serial = der(TAGS.integer, [1], randomBytes(15))
  const subject = sequence(der(TAGS.set, sequence(oid('2.5.4.3'), der(TAGS.utf8String, Buffer.from(name)))))
  const now = Date.now()
  const validity = sequence(utcTime(now - 2 * DAY_MS), utcTime(now + days * DAY_MS))
  const key = publicKey.export({ type: 'spki', format: 'der' })
  const extensions = der(0xa3, EXTENSIONS)
  return sequence(VERSION_3, serial, ECDSA_WITH_SHA256, subject, validity, subject, key, extensions)
}

function withSignature(contents: Buffer, key: KeyObject): Buffer {
  const signature = sign('sha256', contents, key)
  return sequence(contents, ECDSA_WITH_SHA256, der(TAGS.bitString, [0], signature))
}

function toPem(certificate: Buffer): string {
  return new X509Certificate(certificate).toString()
}

// Such as 261124134500Z.
function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\..*|\D/g, '')
  return der(TAGS.utcTime, Buffer.from(`${digits.slice(2)}Z`))
}
