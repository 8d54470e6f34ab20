import { redactText } from '../redact/redact.ts'

/** What can be a segment of a URL. */
export type Segment = string | number

// What needs no encoding; a test is far cheaper than encodeURIComponent().
const PLAIN = /^[\w-]+$/

/**
 * A name as one segment of a URL, which it can't leave.
 *
 * @throws {TypeError} on what would be another URL (empty, `.`, `..`), and on what is neither text nor a number
 */
export function encodeSegment(segment: Segment, parent: string): string {
  const name = typeof segment === 'number' ? String(segment) : segment
  if (typeof name !== 'string') throw refusal(segment, parent)
  if (PLAIN.test(name)) return name
  if (name === '' || name === '.' || name === '..' || !name.isWellFormed()) throw refusal(segment, parent)
  return encodeURIComponent(name)
}

function refusal(segment: unknown, parent: string): TypeError {
  const shown = typeof segment === 'string' ? `'${redactText(segment)}'` : redactText(String(segment))
  return new TypeError(`${parent}/…: ${shown} is not a name that can be part of a URL`)
}
