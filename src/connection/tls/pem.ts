import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { types } from 'node:util'
import { redactText } from '../../redact/redact.ts'

/** PEM text, and the path of its file if it was read from one. */
export interface Pem {
  readonly text: string
  readonly path?: string
}

/**
 * Reads an option that holds PEM text or bytes, or the path of a PEM file.
 *
 * @throws {Error} the file can't be read
 * @throws {TypeError} the value is neither text nor bytes, or contains no PEM
 */
export function readPem(option: string, value: string | Uint8Array): Pem {
  if (types.isUint8Array(value)) return { text: checkText(option, Buffer.from(value).toString()) }
  if (typeof value !== 'string' || value === '') {
    throw new TypeError(`${option} must be PEM text, its bytes, or the path of a PEM file`)
  }
  if (isPem(value)) return { text: value }
  return { text: checkText(`${option} (${value})`, readFile(option, value)), path: value }
}

/**
 * Parses the first certificate of a PEM text.
 *
 * @throws {TypeError} it contains none
 */
export function parseCertificate(option: string, { text, path }: Pem): X509Certificate {
  try {
    return new X509Certificate(text)
  } catch (cause) {
    throw new TypeError(`${nameOf(option, path)} holds no certificate that can be read`, { cause })
  }
}

/** Returns an option's name for messages, with the path of the file it was read from. */
export function nameOf(option: string, path: string | undefined): string {
  return path === undefined ? option : `${option} (${path})`
}

function isPem(text: string): boolean {
  return text.includes('-----BEGIN ')
}

// The content is never quoted: it may be a key.
function checkText(name: string, text: string): string {
  if (isPem(text)) return text
  throw new TypeError(`${name} is not PEM: it has no -----BEGIN line`)
}

function readFile(option: string, path: string): string {
  if (path.includes('\n')) throw notPem(option)
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    // The message of `cause` quotes the path.
    if (isKeyMaterial(path)) throw notPem(option)
    const { code } = cause as NodeJS.ErrnoException
    const problem = code === 'ENOENT' ? 'no such file' : code
    throw new Error(`${option}: cannot read ${path}: ${problem}`, { cause })
  }
}

// What was given as a path may be PEM without its first line, a key in base64 or a token, so it is not quoted.
function notPem(option: string): TypeError {
  return new TypeError(`${option} is neither PEM text nor the path of a PEM file`)
}

function isKeyMaterial(path: string): boolean {
  return /^(?![./])[\w+/=-]{64,}$/.test(path) || redactText(path) !== path
}
