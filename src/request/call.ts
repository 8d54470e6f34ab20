import { Readable } from 'node:stream'
import type { Signals } from '../common/abort.ts'
import { ignoreErrors } from '../common/ignore-errors.ts'
import { headersOfBody, isJsonBody } from './body.ts'
import { withBothPrefixes } from './headers.ts'
import type { Body, MergedOptions } from './options.ts'
import { formatQuery } from './query.ts'
import type { APIResponse } from './response.ts'

/** The HTTP verbs that the servers know. */
export type Method = 'GET' | 'HEAD' | 'DELETE' | 'POST' | 'PUT' | 'PATCH'

/** The protocol that a connection is to be upgraded to. */
export interface Upgrade {
  readonly protocol: string
  /** Throws on the HTTP 101 of a server that agreed to something else. */
  readonly check?: (response: APIResponse) => void
}

/** A call whose options have been checked and merged; each server that is tried gets a request made from it. */
export interface Call {
  readonly method: Method
  /** Path and query string. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The body as it was given; `undefined` where none was. */
  readonly body: Body | undefined
  /** Whether the body is sent as JSON. */
  readonly isJson: boolean
  /** What aborts it: the signals of the path and of the call. */
  readonly signals: Signals
  /** Seconds; `undefined` for the defaults, see {@link CallOptions}. */
  readonly idleTimeout: number | undefined
  /** Seconds; `undefined` is no limit. */
  readonly timeout: number | undefined
  readonly upgrade: Upgrade | undefined
}

const NO_SIGNALS: Signals = []

/**
 * The call of a method on a path.
 *
 * @throws {TypeError} on a body, a header or a query parameter that can't be sent
 */
export function createCall(
  method: Method,
  path: string,
  body: Body | null | undefined,
  options: MergedOptions,
  upgrade?: Upgrade,
): Call {
  const given = body ?? undefined
  // The root's own URL is empty, so that a segment can follow it.
  const url = (path === '' ? '/' : path) + formatQuery(options.query)
  const isJson = given !== undefined && isJsonBody(given)
  // It may fail before undici adds a listener: while a user logs in, or `debug` is loaded.
  if (given instanceof Readable) ignoreErrors(given)
  const headers = formatHeaders(options.headers, headersOfBody(given, isJson))
  const { signals = NO_SIGNALS, idleTimeout, timeout } = options
  return { method, path: url, headers, body: given, isJson, signals, idleTimeout, timeout, upgrade }
}

function formatHeaders(
  headers: MergedOptions['headers'],
  ofBody: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return headers === undefined ? ofBody : { ...ofBody, ...withBothPrefixes(headers) }
}
