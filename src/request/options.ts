import type { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { addSignal, type Signals } from '../common/abort.ts'
import { redactText } from '../redact/redact.ts'
import { type Headers, otherSpelling } from './headers.ts'

export type { Headers }

/** A query parameter's value; `undefined` leaves the parameter out, also one that `with()` had set. */
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

/** What may be sent. */
export type Body = RawBody | object

/** What every call takes, and what {@link ApiPath.with} gives to all calls below a path. */
export interface CallOptions<Q = Query> {
  /** Query parameters, encoded for you: `{ recursion: 1, project: 'web' }`. */
  readonly query?: Q
  /** HTTP headers. `X-LXD-…` is sent as `X-Incus-…` too, and the other way round. */
  readonly headers?: Headers
  /** Aborts the call; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /**
   * Seconds the server may take to accept the connection, and then to begin its answer, counted from the last byte sent;
   * then {@link APITimeoutException}. Without it 10 to connect, and 300.
   */
  readonly timeout?: number
}

const CALL_OPTIONS: ReadonlySet<string> = new Set<keyof CallOptions>([
  'query',
  'headers',
  'signal',
  'timeout',
])

/** Refuses options that don't exist, so that a `recursion` beside `query` is not silently lost. */
export function checkCallOptions(options: CallOptions, call: string): void {
  if (typeof options === 'string')
    throw new TypeError(`${call}: takes options, not text; a URL is for forUrl(), a name for path()`)
  checkNames(options, CALL_OPTIONS, call)
  checkTimeout(options.timeout, call)
}

/** Refuses what is no object, and every name in it that is not among the known ones. */
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

/** Refuses a timeout that is not a number of seconds above 0; `undefined` is none. */
export function checkTimeout(seconds: number | undefined, call: string): void {
  if (seconds === undefined || (typeof seconds === 'number' && seconds > 0)) return
  throw new TypeError(
    `${call}: timeout must be a number of seconds above 0, not ${redactText(String(seconds))}`,
  )
}

/** The options of a path or a call and all that it inherits. */
export interface MergedOptions extends Omit<CallOptions, 'signal'> {
  /** Each aborts the call. */
  readonly signals?: Signals
}

/** The options of a call on top of the defaults of its path; those of the call win, name by name. */
export function mergeOptions(
  defaults: MergedOptions,
  options: CallOptions | null | undefined,
): MergedOptions {
  if (options == null) return defaults
  return {
    query: mergeNames(defaults.query, options.query),
    headers: mergeHeaders(defaults.headers, options.headers),
    signals: addSignal(defaults.signals, options.signal),
    timeout: options.timeout ?? defaults.timeout,
  }
}

function mergeNames<T extends object>(defaults: T | undefined, given: T | undefined): T | undefined {
  if (defaults === undefined || given === undefined) return given ?? defaults
  return { ...defaults, ...given }
}

// Header names are the same in any case.
function mergeHeaders(defaults: Headers | undefined, given: Headers | undefined): Headers | undefined {
  if (given === undefined) return defaults
  const named = lowerCaseNames(given)
  return mergeNames(defaults && withoutTwins(defaults, named), named)
}

// What is given in one spelling replaces what was in the other.
function withoutTwins(defaults: Headers, given: Headers): Headers {
  const isTwin = (name: string): boolean => (otherSpelling(name) ?? name) in given
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => !isTwin(name)))
}

function lowerCaseNames(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
