import { inspect } from 'node:util'
import type { Signals } from '../common/abort.ts'
import { isSecretKey, MASK, redact, redactText } from '../redact/redact.ts'
import type { Call, Method } from './call.ts'
import type { Body } from './options.ts'

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
  readonly idleTimeout: number | undefined
  /** The protocol to upgrade the connection to; `undefined` for plain HTTP. */
  readonly protocol: string | undefined
  /** Whether the body is sent as JSON. */
  readonly isJson: boolean
  #wasSent = false

  /** @internal Requests are made from calls, one for each server that is tried. */
  constructor(origin: string, call: Call) {
    this.method = call.method
    this.origin = origin
    this.path = call.path
    this.headers = call.headers
    this.body = call.body
    this.signals = call.signals
    this.idleTimeout = call.idleTimeout
    this.protocol = call.upgrade?.protocol
    this.isJson = call.isJson
  }

  /** Whether it has left, at least in part: then the server may have carried it out, even if no answer came. */
  get wasSent(): boolean {
    return this.#wasSent
  }

  /** @internal */
  markSent(): void {
    this.#wasSent = true
  }

  /** The whole URL; it may hold a secret, unlike what {@link toString} gives. */
  get url(): string {
    return this.origin + this.path
  }

  /** Path and query string, redacted. */
  get redactedPath(): string {
    return redactText(this.path)
  }

  toString(): string {
    return `${this.method} ${this.origin}${this.redactedPath}`
  }

  toJSON(): Record<string, unknown> {
    return {
      method: this.method,
      url: this.origin + this.redactedPath,
      headers: redactHeaders(this.headers),
      ...(this.isJson ? { body: redact(this.body) } : {}),
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
