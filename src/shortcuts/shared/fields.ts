import { types } from 'node:util'
import { isRecord } from '../../answer/envelope.ts'

/** A resource's fields by name, as they are desired or as a server has them. */
export type Fields = Readonly<Record<string, unknown>>

/** The value as a map of fields; empty for anything else. */
export function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {}
}

/**
 * Converts the values of `config` and `devices` to text, as the servers store them.
 *
 * @throws {TypeError} a `Date` in them is invalid, which JSON would write as `null`
 */
export function asStored(fields: Fields): Fields {
  checkDates(fields, [])
  return mapFields(fields, (value, field) => {
    if (field === 'config') return mapFields(value, toText)
    return field === 'devices' ? mapFields(value, device => mapFields(device, toText)) : value
  })
}

/** The fields without those that are `undefined` or `null`; at all depths. */
export function withoutNulls(fields: Fields): Fields {
  return dropNulls(mapFields(fields, value => (isPlain(value) ? withoutNulls(value) : value)))
}

/** The fields that are neither `undefined` nor `null`. */
export function dropNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null))
}

/** The fields without those of the given names. */
export function withoutFields(fields: Fields, names: ReadonlySet<string>): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.has(name)))
}

/** Whether a value is a map of fields, and not a `Date`. */
export function isPlain(value: unknown): value is Fields {
  return isRecord(value) && !types.isDate(value)
}

/** Maps each field; anything else stays as it is, for the server to refuse. */
export function mapFields(value: unknown, change: (value: unknown, name: string) => unknown): Fields {
  // Safe cast: what is no map of fields is only sent.
  if (!isPlain(value)) return value as Fields
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, change(one, name)]))
}

function checkDates(value: unknown, path: readonly string[]): void {
  if (types.isDate(value) && Number.isNaN(value.getTime()))
    throw new TypeError(`${path.join('.')} must be a time, not an invalid Date`)
  if (Array.isArray(value) || isPlain(value))
    for (const [name, one] of Object.entries(value)) checkDates(one, [...path, name])
}

function toText(value: unknown): unknown {
  if (types.isDate(value)) return value.toISOString()
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
}
