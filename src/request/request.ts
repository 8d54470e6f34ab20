import { inspect } from 'node:util'
import type { Signals } from '../common/abort.ts'
import { isSecretKey, MASK, redact, redactText } from '../redact/redact.ts'
import { encodeRawBody, headersOfBody, isJsonBody, type SentBody } from './body.ts'
import { bothSpellings } from './headers.ts'
import type { Body, MergedOptions } from './options.ts'
import { formatQuery } from './query.ts'

/** The HTTP verbs that the servers know. */
export type Method = 'GET' | 'HEAD' | 'DELETE' | 'POST' | 'PUT' | 'PATCH'

const NO_SIGNALS: Signals = []

/**
 * One HTTP request as it is sent. As text it is `METHOD url`.
 *
 * `console.log` and `JSON.stringify` show it without its secrets; its properties have all of them.
 */
export class APIRequest {
  readonly method: Method
  /** Where the server is, as the trace shows it: `https://host:8443`, `http+unix://%2Frun%2Fincus%2Funix.socket`. */
  readonly origin: string
  /** Path and query string. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The body as it was given; `undefined` where none was. */
  readonly body: Body | undefined
  /** What aborts it: the signals of the path and of the call. */
  readonly signals: Signals
  /** Seconds; `undefined` is no limit of ours. */
  readonly timeout: number | undefined
  /** What the connection is to be upgraded to; `undefined` where it stays HTTP. */
  readonly protocol: string | undefined
  readonly #isJson: boolean
  #wasSent = false

  constructor(
    origin: string,
    method: Method,
    path: string,
    body: Body | null | undefined,
    options: MergedOptions,
    protocol?: string,
  ) {
    this.method = method
    this.origin = origin
    // The root's own URL is empty, so that a segment can follow it.
    this.path = (path === '' ? '/' : path) + formatQuery(options.query)
    this.body = body ?? undefined
    this.#isJson = this.body !== undefined && isJsonBody(this.body)
    this.headers = formatHeaders(options.headers, headersOfBody(this.body, this.#isJson))
    this.signals = options.signals ?? NO_SIGNALS
    this.timeout = options.timeout
    this.protocol = protocol
  }

  /** Has it left, at least in part? Then the server may have carried it out, even if no answer came. */
  get wasSent(): boolean {
    return this.#wasSent
  }

  /** @internal */
  markSent(): void {
    this.#wasSent = true
  }

  /** @internal The same request to another server. */
  movedTo(origin: string): APIRequest {
    const { method, path, body, headers, signals, timeout, protocol } = this
    return new APIRequest(origin, method, path, body, { headers, signals, timeout }, protocol)
  }

  /** The whole URL; it may hold a secret, unlike what {@link toString} gives. */
  get url(): string {
    return this.origin + this.path
  }

  /** Path and query string without secrets. */
  get redactedPath(): string {
    return redactText(this.path)
  }

  /** What goes over the wire: JSON as text, a stream as a `Readable`, anything else as it was given. */
  encodeBody(): SentBody {
    return this.#isJson ? JSON.stringify(this.body) : encodeRawBody(this.body)
  }

  /** Is the body one that {@link encodeBody} turns into JSON? */
  get isJson(): boolean {
    return this.#isJson
  }

  toString(): string {
    return `${this.method} ${this.origin}${this.redactedPath}`
  }

  toJSON(): Record<string, unknown> {
    return {
      method: this.method,
      url: this.origin + this.redactedPath,
      headers: redactHeaders(this.headers),
      ...(this.#isJson ? { body: redact(this.body) } : {}),
    }
  }

  [inspect.custom](): unknown {
    return this.toJSON()
  }
}

/** Headers as they may be shown. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isSecretKey(name) ? MASK : redactText(value)]),
  )
}

function formatHeaders(
  headers: MergedOptions['headers'],
  ofBody: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return headers === undefined ? ofBody : { ...ofBody, ...bothSpellings(headers) }
}
