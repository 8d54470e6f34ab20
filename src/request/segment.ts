import { redactText } from '../redact/redact.ts'

/** A segment of a path. */
export type Segment = string | number

// Names that need no encoding: the test is far cheaper than encodeURIComponent().
const PLAIN = /^[\w-]+$/

/**
 * Encodes a name as exactly one segment of a URL.
 *
 * @throws {TypeError} the name would change the path (empty, `.`, `..`), or is neither text nor a number
 */
export function encodeSegment(segment: Segment, parent: string): string {
  const name = typeof segment === 'number' ? String(segment) : segment
  if (typeof name !== 'string') throw invalidSegment(segment, parent)
  if (PLAIN.test(name)) return name
  if (name === '' || name === '.' || name === '..' || !name.isWellFormed())
    throw invalidSegment(segment, parent)
  return encodeURIComponent(name)
}

function invalidSegment(segment: unknown, parent: string): TypeError {
  const shown = typeof segment === 'string' ? `'${redactText(segment)}'` : redactText(String(segment))
  return new TypeError(`${parent}/…: ${shown} is not a name that can be part of a URL`)
}
