import { redactUrl } from '../redact/redact.ts'

// The base for parsing a path; no request goes there.
const PLACEHOLDER = 'http://localhost'
const DOT_SEGMENT = /(^|\/)(\.|%2e){1,2}(\/|$)/i
// URL parsers read backslashes as slashes and drop whitespace and control characters, which may leave a `..` segment.
const UNSAFE_CHARACTER = /[\\\s]|\p{Cc}/u

/**
 * Returns path and query of a URL on `origin`, absolute or from the root.
 *
 * @throws {TypeError} the URL is on another origin or relative, or has `.` or `..` segments, spaces, backslashes or a
 * fragment
 */
export function resolveUrl(
  url: string | URL,
  origin: string,
): { pathname: string; searchParams: URLSearchParams } {
  const text = String(url)
  const shown = redactUrl(text)
  const fromRoot = text.startsWith(`${origin}/`) ? text.slice(origin.length) : text
  if (!fromRoot.startsWith('/'))
    throw new TypeError(`forUrl(): ${shown} is neither on ${origin} nor a path from its root`)
  const parsed = parseFromRoot(fromRoot)
  if (parsed === undefined) throw new TypeError(`forUrl(): ${shown} is not on ${origin}`)
  const path = fromRoot.split('?', 1)[0] ?? ''
  if (DOT_SEGMENT.test(path) || UNSAFE_CHARACTER.test(path) || parsed.hash !== '') {
    throw new TypeError(
      `forUrl(): ${shown} must not have '.' or '..' segments, spaces or backslashes, nor a fragment`,
    )
  }
  return parsed
}

/** A URL from the root of a server, with its query string, in its parts; `undefined` where it leads to another host. */
export function parseFromRoot(url: string): URL | undefined {
  const parsed = URL.canParse(url, PLACEHOLDER) ? new URL(url, PLACEHOLDER) : undefined
  return parsed?.origin === PLACEHOLDER ? parsed : undefined
}
