import { Readable } from 'node:stream'
import { types } from 'node:util'
import type { Dispatcher } from 'undici'
import { FormData as UndiciFormData } from '#undici'
import { findAborted, onAbort, type Signals, throwIfAborted } from '../common/abort.ts'
import { ignoreErrors } from '../common/ignore-errors.ts'
import type { Body } from './options.ts'

/** A body as undici accepts it. */
export type SentBody = Dispatcher.DispatchOptions['body']

const JSON_HEADERS: Readonly<Record<string, string>> = { 'content-type': 'application/json' }
const NO_HEADERS: Readonly<Record<string, string>> = {}

/**
 * Whether a body is sent as JSON.
 *
 * @throws {TypeError} it can't be sent at all, such as a `Map` or a number
 */
export function isJsonBody(body: Body): boolean {
  if (typeof body === 'string' || isBytes(body) || isStream(body)) return false
  if (Array.isArray(body) || isPlainObject(body)) return true
  throw new TypeError(
    `The body must be a plain object, an array, text, bytes, a stream, a Blob or FormData, not ${describe(body)}`,
  )
}

/** Whether a body is a stream, which can be sent only once. */
export function isStream(body: unknown): boolean {
  return body instanceof Readable || (isObject(body) && (Symbol.asyncIterator in body || 'getReader' in body))
}

/** The stream of a body failed; `cause` says why. */
export class SourceError extends Error {}

/** Returns the headers that a body implies; undici adds those of a form. */
export function headersOfBody(body: Body | undefined, isJson: boolean): Readonly<Record<string, string>> {
  if (isJson) return JSON_HEADERS
  if (!(body instanceof Blob)) return NO_HEADERS
  const length = { 'content-length': String(body.size) }
  return body.type === '' ? length : { ...length, 'content-type': body.type }
}

/** What goes over the wire: JSON as text, a stream as a `Readable`, anything else as it was given. */
export function encodeBody({ body, isJson }: { readonly body?: Body; readonly isJson: boolean }): SentBody {
  return isJson ? JSON.stringify(body) : encodeRawBody(body)
}

/** A raw body as undici can send it, and tell its failures from those of the connection. */
function encodeRawBody(body: unknown): SentBody {
  if (isForm(body)) return copyForm(body)
  if (body instanceof Blob) return readSource(body.stream())
  // Safe casts: isJsonBody() has accepted the body, and all kinds of streams are iterable.
  if (isStream(body) && !isByteStream(body)) return readSource(body as Source)
  return body as SentBody
}

/**
 * Resolves once a stream has its first chunk or has ended; an aborted signal destroys it.
 *
 * @throws the error of the stream, or the reason of the signal
 */
export async function waitForFirstChunk(stream: Readable, signals?: Signals): Promise<void> {
  if (stream.readableLength === 0 && !stream.readableEnded && !stream.destroyed)
    await waitForStateChange(stream, signals)
  if (findAborted(signals) !== undefined) stream.destroy()
  throwIfAborted(signals)
  if (stream.errored) throw stream.errored
  if (stream.destroyed && !stream.readableEnded)
    throw new SourceError('', { cause: new Error('it was destroyed before it began') })
}

function waitForStateChange(stream: Readable, signals: Signals | undefined): Promise<void> {
  return new Promise(resolve => {
    let removeAbortListener = (): void => {}
    const done = (): void => {
      removeAbortListener()
      stream.off('readable', done).off('error', done).off('close', done)
      resolve()
    }
    stream.on('readable', done).on('error', done).on('close', done)
    removeAbortListener = onAbort(signals, done)
  })
}

/** Describes a raw body for the trace, without its content: a file may be a private key. */
export function describeBody(body: unknown): string {
  if (typeof body === 'string') return `<${Buffer.byteLength(body)} bytes>`
  if (ArrayBuffer.isView(body)) return `<${body.byteLength} bytes>`
  if (body instanceof Blob) return `<Blob, ${body.size} bytes>`
  return isForm(body) ? '<FormData>' : '<stream>'
}

function isBytes(body: Body): boolean {
  return ArrayBuffer.isView(body) || body instanceof Blob || isForm(body)
}

// The platform's FormData, or undici's.
function isForm(body: unknown): body is FormData {
  return Object.prototype.toString.call(body) === '[object FormData]'
}

// undici only accepts its own FormData.
function copyForm(form: FormData): UndiciFormData {
  const copy = new UndiciFormData()
  for (const [name, value] of form) {
    if (typeof value === 'string') copy.append(name, value)
    else copy.append(name, value, value.name)
  }
  return copy
}

type Source = AsyncIterable<Uint8Array>

// In object mode the first chunk may be empty, and nothing would be sent for it.
function isByteStream(body: unknown): body is Readable {
  return body instanceof Readable && !body.readableObjectMode
}

function readSource(source: Source): Readable {
  const stream = Readable.from(explainFailures(source), { objectMode: false })
  ignoreErrors(stream)
  return stream
}

async function* explainFailures(source: Source): Source {
  try {
    yield* source
  } catch (error) {
    throw new SourceError(String(error), { cause: error })
  }
}

function isPlainObject(body: unknown): boolean {
  if (!isObject(body)) return false
  const prototype = Object.getPrototypeOf(body)
  // Objects of another realm, such as node:vm, have an Object.prototype of their own.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function describe(body: unknown): string {
  if (types.isPromise(body)) return 'a promise: await it first'
  if (isObject(body)) return body.constructor?.name ?? 'an object'
  // The source of a function may contain a secret.
  return typeof body === 'function' ? 'function' : `${typeof body} ${String(body)}`
}
