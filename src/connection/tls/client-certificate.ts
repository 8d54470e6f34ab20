import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { listPrograms } from '../config-folders.ts'
import { nameOf, type Pem, parseCertificate, readPem } from './pem.ts'

/** A client's certificate and private key. */
export interface ClientCertificate {
  readonly cert: Pem
  readonly key: Pem
  readonly certificate: X509Certificate
}

/** The client's certificate, and the folders that were searched for one. */
export interface ClientIdentity {
  readonly client?: ClientCertificate
  readonly searchedFolders: readonly string[]
}

/**
 * Reads a certificate and its key.
 *
 * @throws {TypeError} they are not PEM, do not match, or the key is encrypted
 * @throws {Error} a file can't be read
 */
export function readClientCertificate(
  cert: string | Uint8Array,
  key: string | Uint8Array,
): ClientCertificate {
  const pair = { cert: readPem('cert', cert), key: readPem('key', key) }
  const certificate = parseCertificate('cert', pair.cert)
  if (certificate.checkPrivateKey(parseKey(pair.key))) return { ...pair, certificate }
  const [certName, keyName] = [nameOf('cert', pair.cert.path), nameOf('key', pair.key.path)]
  throw new TypeError(`${keyName} is not the key of ${certName}: they must be from the same pair`)
}

/**
 * Finds the client certificate of the user's `lxc` or `incus` program.
 *
 * @throws {Error} a certificate has no key, or a key no certificate
 */
export function findClientCertificate(environment: NodeJS.ProcessEnv): ClientIdentity {
  const searchedFolders = listPrograms(environment).flatMap(({ folders }) => folders)
  const folder = searchedFolders.find(hasCertificateOrKey)
  return folder === undefined ? { searchedFolders } : { client: readFolder(folder), searchedFolders }
}

function pathsIn(folder: string): { cert: string; key: string } {
  return { cert: join(folder, 'client.crt'), key: join(folder, 'client.key') }
}

function hasCertificateOrKey(folder: string): boolean {
  const { cert, key } = pathsIn(folder)
  return existsSync(cert) || existsSync(key)
}

function readFolder(folder: string): ClientCertificate {
  const { cert, key } = pathsIn(folder)
  if (!existsSync(cert)) throw new Error(`There is the key ${key}, but not its certificate ${cert}`)
  if (!existsSync(key)) throw new Error(`There is the certificate ${cert}, but not its key ${key}`)
  return readClientCertificate(cert, key)
}

function parseKey({ text, path }: Pem): KeyObject {
  if (/ENCRYPTED/.test(text)) {
    throw new TypeError(
      `${nameOf('key', path)} is encrypted: decrypt it with \`openssl pkey -in client.key\` and pass what it prints`,
    )
  }
  try {
    return createPrivateKey(text)
  } catch (cause) {
    throw new TypeError(`${nameOf('key', path)} holds no private key that can be read`, { cause })
  }
}
