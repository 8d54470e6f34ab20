import { checkUnicode } from '../common/unicode.ts'
import type { Query, QueryValue } from './options.ts'

/**
 * Formats query parameters as a query string that begins with `?`; '' without parameters.
 *
 * @throws {TypeError} a name or a value is invalid
 */
export function formatQuery(query: Query | undefined): string {
  if (query === undefined) return ''
  let text = ''
  for (const name in query) {
    for (const value of listValues(name, query[name])) {
      text += `${text === '' ? '?' : '&'}${encodeURIComponent(name)}=${encodeURIComponent(value)}`
    }
  }
  return text
}

/** Parses the query parameters of a URL; a repeated one becomes a list of values. */
export function parseQuery(parameters: URLSearchParams): Query {
  const names = [...new Set(parameters.keys())]
  return Object.fromEntries(names.map(name => [name, readValues(parameters.getAll(name))]))
}

function readValues(values: readonly string[]): QueryValue {
  return values.length === 1 ? values[0] : values
}

function listValues(name: string, value: QueryValue): readonly (string | number | boolean)[] {
  if (value === undefined) return []
  checkUnicode(name, `query: the name '${name}'`)
  const values = Array.isArray(value) ? value : [value]
  for (const one of values) checkValue(name, one)
  return values
}

function checkValue(name: string, value: unknown): void {
  if (typeof value === 'string') checkUnicode(value, `query: '${name}'`)
  else if (typeof value === 'number' ? !Number.isFinite(value) : typeof value !== 'boolean')
    throw new TypeError(`query: '${name}' must be text, a number or a boolean, not ${describe(value)}`)
}

// An object is never quoted: it may be the bytes of a secret.
function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
