import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownFolder } from './clean-up.ts'

/** What a certificate says. */
export interface CertificateOptions {
  readonly name?: string
  /** For how many days from now it is valid; -1 makes one that expired yesterday. */
  readonly days?: number
}

/** A self-signed certificate with its key, as PEM text and as files that are removed at exit. */
export interface Certificate {
  readonly cert: string
  readonly key: string
  readonly certPath: string
  readonly keyPath: string
}

const config = `
[req]
distinguished_name = subject
x509_extensions = extensions
prompt = no
[subject]
CN = $ENV::NAME
[extensions]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = clientAuth, serverAuth
subjectAltName = IP:127.0.0.1, DNS:localhost
`

/** Makes a certificate that does for a client and for a server on 127.0.0.1. */
export function makeCertificate({ name = 'test', days = 30 }: CertificateOptions = {}): Certificate {
  const dir = ownFolder()
  const certPath = join(dir, 'client.crt')
  const keyPath = join(dir, 'client.key')
  const configPath = join(dir, 'openssl.cnf')
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { env: { ...process.env, NAME: name }, stdio: 'pipe' })
  writeFileSync(configPath, config)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384', '-nodes', '-keyout', keyPath]
  openssl('req', '-x509', '-config', configPath, ...newKey, '-days', '30', '-out', certPath)
  // `openssl req` makes none that has expired, `openssl x509` does.
  if (days !== 30)
    openssl('x509', '-in', certPath, '-signkey', keyPath, '-days', String(days), '-out', certPath)
  const [cert, key] = [readFileSync(certPath, 'utf8'), readFileSync(keyPath, 'utf8')]
  return { cert, key, certPath, keyPath }
}
