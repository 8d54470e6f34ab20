import { redactUrl } from '../redact/redact.ts'

// Stands in for the origin while a path is parsed; no request goes there.
const PLACEHOLDER = 'http://localhost'
const DOT_SEGMENT = /(^|\/)(\.|%2e){1,2}(\/|$)/i
// A parser takes the one for slashes and drops the others, so that dots may stand alone afterwards.
const MISREAD = /[\\\s]|\p{Cc}/u

/**
 * The path and query of a URL that is on `origin`, be it absolute or from the root.
 *
 * @throws {TypeError} on another origin, on a relative URL, on one with `.` or `..` segments,
 * spaces or backslashes, and on one with a fragment
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
  if (DOT_SEGMENT.test(path) || MISREAD.test(path) || parsed.hash !== '') {
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
