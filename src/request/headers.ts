import type { IncomingHttpHeaders } from 'node:http'
import { redactText } from '../redact/redact.ts'

const SPELLING = /^x-(lxd|incus)-/i
const NAME = /^[\w!#$%&'*+.^`|~-]+$/
// What has no byte of its own in a header is no text for one.
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** HTTP headers by name; `undefined` leaves one out, also one that `with()` had set. */
export type Headers = { readonly [name: string]: string | undefined }

/** The headers to send, in both servers' spellings: `X-LXD-uid` goes out as `X-Incus-uid` too. */
export function bothSpellings(headers: Headers): Record<string, string> {
  const sent: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue
    sent[name] = checkValue(name, value)
    const twin = otherSpelling(name)
    if (twin !== undefined && !(twin in headers)) sent[twin] = value
  }
  return sent
}

/** Adds the other server's spelling to the headers of an answer, so that a script reads either on both. */
export function readEitherSpelling(headers: IncomingHttpHeaders): void {
  for (const name of Object.keys(headers)) {
    const twin = otherSpelling(name)
    if (twin !== undefined) headers[twin] ??= headers[name]
  }
}

/** Whether the headers of an answer say that it is JSON. */
export function isJson(headers: IncomingHttpHeaders): boolean {
  return headers['content-type']?.startsWith('application/json') ?? false
}

/** The name that the other server gives to a header; `undefined` where both have the same. */
export function otherSpelling(name: string): string | undefined {
  const spelling = SPELLING.exec(name)?.[1]
  if (spelling === undefined) return undefined
  return name.toLowerCase().replace(SPELLING, spelling.toLowerCase() === 'lxd' ? 'x-incus-' : 'x-lxd-')
}

// The value is not shown: it may be a secret.
function checkValue(name: string, value: unknown): string {
  if (!NAME.test(name))
    throw new TypeError(`headers: '${redactText(name)}' is not a name that a header can have`)
  if (typeof value === 'string' && VALUE.test(value)) return value
  throw new TypeError(`headers: '${name}' must be text on one line, without characters beyond ÿ`)
}
