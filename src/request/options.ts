import type { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { addSignal, type Signals } from '../common/abort.ts'
import { redactText } from '../redact/redact.ts'
import { type HeaderValues, swapPrefix } from './headers.ts'

export type { HeaderValues }

/** A query parameter's value; `undefined` omits the parameter, including a default set by `with()`. */
export type QueryValue = string | number | boolean | undefined | readonly (string | number)[]

/** Query parameters by name. */
export type Query = { readonly [name: string]: QueryValue }

/**
 * What is sent as it is: text, bytes, and streams, which are never buffered.
 * Anything else has to be a plain object or an array, and is sent as JSON.
 */
export type RawBody =
  | string
  | Uint8Array
  | Readable
  | ReadableStream
  | AsyncIterable<Uint8Array>
  | Blob
  | FormData

/** The body of a request: raw, or a plain object or an array that is sent as JSON. */
export type Body = RawBody | object

/** The options of a call; {@link ApiPath.with} makes them defaults of all calls below a path. */
export interface CallOptions<Q = Query> {
  /** Query parameters, which are encoded for you: `{ recursion: 1, project: 'web' }`. */
  readonly query?: Q
  /** HTTP headers. `X-LXD-…` is sent as `X-Incus-…` too, and vice versa. */
  readonly headers?: HeaderValues
  /** Aborts the call; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /**
   * Seconds until {@link APITimeoutException}: for connecting, and again from the last byte sent to the first byte of the
   * answer. The defaults are 10 for connecting and 300 for the answer.
   */
  readonly idleTimeout?: number
  /** Seconds that the whole call may take until its answer is there, then {@link APITimeoutException}; no limit by default. */
  readonly timeout?: number
}

const CALL_OPTIONS: ReadonlySet<string> = new Set<keyof CallOptions>([
  'query',
  'headers',
  'signal',
  'idleTimeout',
  'timeout',
])

/**
 * Rejects unknown options, so that a `recursion` beside `query` is not silently ignored.
 *
 * @throws {TypeError} an option is unknown or invalid
 */
export function checkCallOptions(options: CallOptions, call: string): void {
  if (typeof options === 'string')
    throw new TypeError(`${call}: takes options, not text; a URL is for forUrl(), a name for path()`)
  checkNames(options, CALL_OPTIONS, call)
  checkTimeouts(options, call)
}

/**
 * Checks that options are an object with known names only.
 *
 * @throws {TypeError} they are not
 */
export function checkNames(options: object, known: ReadonlySet<string>, call: string): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(
      `${call}: the options must be an object, not ${options === null ? 'null' : `a ${typeof options}`}`,
    )
  for (const name in options) {
    if (!known.has(name)) {
      throw new TypeError(`${call}: unknown option '${redactText(name)}'; known are ${[...known].join(', ')}`)
    }
  }
}

/**
 * Checks both timeouts of options.
 *
 * @throws {TypeError} one of them is no number of seconds above 0
 */
export function checkTimeouts(
  { timeout, idleTimeout }: Pick<CallOptions, 'timeout' | 'idleTimeout'>,
  call: string,
): void {
  checkTimeout(timeout, call)
  checkTimeout(idleTimeout, call, 'idleTimeout')
}

/**
 * Checks that a timeout is a number of seconds above 0, or `undefined`.
 *
 * @throws {TypeError} it is not
 */
export function checkTimeout(seconds: number | undefined, call: string, name = 'timeout'): void {
  if (seconds === undefined || (typeof seconds === 'number' && seconds > 0)) return
  throw new TypeError(
    `${call}: ${name} must be a number of seconds above 0, not ${redactText(String(seconds))}`,
  )
}

/** The options of a path or a call, merged with those it inherits. */
export interface MergedOptions extends Omit<CallOptions, 'signal'> {
  /** Any of them aborts the call. */
  readonly signals?: Signals
}

/** Merges the options of a call with the defaults of its path, name by name; those of the call win. */
export function mergeOptions(
  defaults: MergedOptions,
  options: CallOptions | null | undefined,
): MergedOptions {
  if (options == null) return defaults
  return {
    query: mergeNames(defaults.query, options.query),
    headers: mergeHeaders(defaults.headers, options.headers),
    signals: addSignal(defaults.signals, options.signal),
    idleTimeout: options.idleTimeout ?? defaults.idleTimeout,
    timeout: options.timeout ?? defaults.timeout,
  }
}

function mergeNames<T extends object>(defaults: T | undefined, given: T | undefined): T | undefined {
  if (defaults === undefined || given === undefined) return given ?? defaults
  return { ...defaults, ...given }
}

// Header names are case-insensitive.
function mergeHeaders(
  defaults: HeaderValues | undefined,
  given: HeaderValues | undefined,
): HeaderValues | undefined {
  if (given === undefined) return defaults
  const named = lowerCaseNames(given)
  return mergeNames(defaults && withoutReplaced(defaults, named), named)
}

// A header with one server's prefix replaces a default with the other's.
function withoutReplaced(defaults: HeaderValues, given: HeaderValues): HeaderValues {
  const isReplaced = (name: string): boolean => (swapPrefix(name) ?? name) in given
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => !isReplaced(name)))
}

function lowerCaseNames(headers: HeaderValues): HeaderValues {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
