import type { IncomingHttpHeaders } from 'node:http'
import { redactText } from '../redact/redact.ts'

const PREFIX = /^x-(lxd|incus)-/i
const VALID_NAME = /^[\w!#$%&'*+.^`|~-]+$/
// Headers are sent in latin1.
const VALID_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** HTTP headers by name; `undefined` leaves one out, also one that `with()` had set. */
export type HeaderValues = { readonly [name: string]: string | undefined }

/** The headers to send, in both servers' spellings: `X-LXD-uid` goes out as `X-Incus-uid` too. */
export function withBothPrefixes(headers: HeaderValues): Record<string, string> {
  const sent: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue
    sent[name] = checkValue(name, value)
    const twin = swapPrefix(name)
    if (twin !== undefined && !(twin in headers)) sent[twin] = value
  }
  return sent
}

/** Adds headers with the other server's prefix to those of an answer, so that scripts can read either. */
export function addBothPrefixes(headers: IncomingHttpHeaders): void {
  for (const name of Object.keys(headers)) {
    const twin = swapPrefix(name)
    if (twin !== undefined) headers[twin] ??= headers[name]
  }
}

/** Whether the content type of an answer is JSON. */
export function isJson(headers: IncomingHttpHeaders): boolean {
  return headers['content-type']?.startsWith('application/json') ?? false
}

/** Returns a header's name with the other server's prefix; `undefined` if it has no prefix. */
export function swapPrefix(name: string): string | undefined {
  const server = PREFIX.exec(name)?.[1]
  if (server === undefined) return undefined
  return name.toLowerCase().replace(PREFIX, server.toLowerCase() === 'lxd' ? 'x-incus-' : 'x-lxd-')
}

// The value is never quoted: it may be a secret.
function checkValue(name: string, value: unknown): string {
  if (!VALID_NAME.test(name))
    throw new TypeError(`headers: '${redactText(name)}' is not a name that a header can have`)
  if (typeof value === 'string' && VALID_VALUE.test(value)) return value
  throw new TypeError(`headers: '${name}' must be text on one line, without characters beyond ÿ`)
}
