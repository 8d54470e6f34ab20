import { inspect } from 'node:util'
import type { Signals } from '../common/abort.ts'
import { isSecretKey, MASK, redact, redactText } from '../redact/redact.ts'
import { encodeRawBody, headersOfBody, isJsonBody, type SentBody } from './body.ts'
import { withBothPrefixes } from './headers.ts'
import type { Body, MergedOptions } from './options.ts'
import { formatQuery } from './query.ts'

/** The HTTP methods that the servers support. */
export type Method = 'GET' | 'HEAD' | 'DELETE' | 'POST' | 'PUT' | 'PATCH'

const NO_SIGNALS: Signals = []

/**
 * An HTTP request. `String(request)` is `METHOD url`.
 *
 * `console.log` and `JSON.stringify` redact its secrets; its properties contain them.
 */
export class APIRequest {
  readonly method: Method
  /** The server as the trace prints it: `https://host:8443`, `http+unix://%2Frun%2Fincus%2Funix.socket`. */
  readonly origin: string
  /** Path and query string. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The body as it was passed; `undefined` without one. */
  readonly body: Body | undefined
  /** The signals of the path and of the call, any of which aborts the request. */
  readonly signals: Signals
  /** Seconds; `undefined` for the defaults, see {@link CallOptions}. */
  readonly timeout: number | undefined
  /** The protocol to upgrade the connection to; `undefined` for plain HTTP. */
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
    // The URL of the root is empty, so that a segment can be appended.
    this.path = (path === '' ? '/' : path) + formatQuery(options.query)
    this.body = body ?? undefined
    this.#isJson = this.body !== undefined && isJsonBody(this.body)
    this.headers = formatHeaders(options.headers, headersOfBody(this.body, this.#isJson))
    this.signals = options.signals ?? NO_SIGNALS
    this.timeout = options.timeout
    this.protocol = protocol
  }

  /** Whether it was sent, at least in part: the server may have executed it even without an answer. */
  get wasSent(): boolean {
    return this.#wasSent
  }

  /** @internal */
  markSent(): void {
    this.#wasSent = true
  }

  /** @internal Returns the same request to another server. */
  withOrigin(origin: string): APIRequest {
    const { method, path, body, headers, signals, timeout, protocol } = this
    return new APIRequest(origin, method, path, body, { headers, signals, timeout }, protocol)
  }

  /** The whole URL; it may contain a secret, unlike {@link toString}. */
  get url(): string {
    return this.origin + this.path
  }

  /** Path and query string, redacted. */
  get redactedPath(): string {
    return redactText(this.path)
  }

  /** The body as it is sent: JSON as text, a stream as a `Readable`, anything else unchanged. */
  encodeBody(): SentBody {
    return this.#isJson ? JSON.stringify(this.body) : encodeRawBody(this.body)
  }

  /** Whether the body is sent as JSON. */
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

/** Returns headers with their secrets masked. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isSecretKey(name) ? MASK : redactText(value)]),
  )
}

function formatHeaders(
  headers: MergedOptions['headers'],
  ofBody: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return headers === undefined ? ofBody : { ...ofBody, ...withBothPrefixes(headers) }
}
