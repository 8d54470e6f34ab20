import { Readable } from 'node:stream'
import { type Dispatcher, FormData as UndiciFormData } from 'undici'
import type { Body } from './options.ts'

/** What undici is given to send. */
export type SentBody = Dispatcher.DispatchOptions['body']

/** Is this sent as JSON? Throws `TypeError` where it can be sent in no way, as a `Map` or a number can't. */
export function isJsonBody(body: Body): boolean {
  if (typeof body === 'string' || isBytes(body) || isStream(body)) return false
  if (Array.isArray(body) || isPlainObject(body)) return true
  throw new TypeError(
    `The body must be a plain object, an array, text, bytes, a stream, a Blob or FormData, not ${describe(body)}`,
  )
}

/** Does it come piece by piece, so that it can be sent only once? */
export function isStream(body: unknown): boolean {
  return body instanceof Readable || (isObject(body) && (Symbol.asyncIterator in body || 'getReader' in body))
}

/** A stream that was to be sent gave up; `cause` says why. */
export class SourceError extends Error {}

/** A raw body as undici can send it, and tell its failures from those of the connection. */
export function encodeRawBody(body: unknown): SentBody {
  if (isForm(body)) return copyForm(body)
  const sent = isStream(body) && !(body instanceof Readable) ? readSource(body as Source) : body
  // True: isJsonBody() let through nothing but what undici sends; its types leave out the iterables.
  return sent as SentBody
}

/** A raw body in a few words; never what is in it, since a file may be a private key. */
export function describeBody(body: unknown): string {
  if (typeof body === 'string') return `<${Buffer.byteLength(body)} bytes>`
  if (ArrayBuffer.isView(body)) return `<${body.byteLength} bytes>`
  if (body instanceof Blob) return `<Blob, ${body.size} bytes>`
  return isForm(body) ? '<FormData>' : '<stream>'
}

function isBytes(body: Body): boolean {
  return ArrayBuffer.isView(body) || body instanceof Blob || isForm(body)
}

// The platform's or undici's own.
function isForm(body: unknown): body is FormData {
  return Object.prototype.toString.call(body) === '[object FormData]'
}

// undici can't read a form of the platform's.
function copyForm(form: FormData): UndiciFormData {
  const copy = new UndiciFormData()
  for (const [name, value] of form) {
    if (typeof value === 'string') copy.append(name, value)
    else copy.append(name, value, value.name)
  }
  return copy
}

type Source = AsyncIterable<Uint8Array>

async function* readSource(source: Source): Source {
  try {
    yield* source
  } catch (error) {
    throw new SourceError(String(error), { cause: error })
  }
}

function isPlainObject(body: unknown): boolean {
  if (!isObject(body)) return false
  const prototype = Object.getPrototypeOf(body)
  // Of any realm: what comes out of node:vm has an Object.prototype of its own.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function describe(body: unknown): string {
  if (body instanceof Promise) return 'a promise: await it first'
  return isObject(body) ? (body.constructor?.name ?? 'an object') : `${typeof body} ${String(body)}`
}
