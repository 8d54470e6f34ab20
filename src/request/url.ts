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
  const parsed = URL.canParse(fromRoot, PLACEHOLDER) ? new URL(fromRoot, PLACEHOLDER) : undefined
  if (parsed?.origin !== PLACEHOLDER) throw new TypeError(`forUrl(): ${shown} is not on ${origin}`)
  const path = fromRoot.split('?', 1)[0] ?? ''
  if (DOT_SEGMENT.test(path) || MISREAD.test(path) || parsed.hash !== '') {
    throw new TypeError(
      `forUrl(): ${shown} must not have '.' or '..' segments, spaces or backslashes, nor a fragment`,
    )
  }
  return parsed
}
