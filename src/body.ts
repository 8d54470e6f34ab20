import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
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

/** A raw body in a few words; never what is in it, since a file may be a private key. */
export function describeBody(body: unknown): string {
  if (typeof body === 'string') return `<${Buffer.byteLength(body)} bytes>`
  if (ArrayBuffer.isView(body)) return `<${body.byteLength} bytes>`
  if (body instanceof Blob) return `<Blob, ${body.size} bytes>`
  return body instanceof FormData ? '<FormData>' : '<stream>'
}

function isBytes(body: Body): boolean {
  return ArrayBuffer.isView(body) || body instanceof Blob || body instanceof FormData
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
