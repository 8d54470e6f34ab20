import { isRecord } from '../../answer/envelope.ts'

/** A resource's fields by name, as they are asked for or as a server has them. */
export type Fields = Readonly<Record<string, unknown>>

/** What of a value is a map of fields; nothing of what is none. */
export function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {}
}

/**
 * The fields with the values of `config` and `devices` as the servers store them: as text.
 *
 * @throws {TypeError} there is a `Date` in them that is no time, which JSON has no other word for than `null`
 */
export function asStored(fields: Fields): Fields {
  checkDates(fields, [])
  return mapFields(fields, (value, field) => {
    if (field === 'config') return mapFields(value, toText)
    return field === 'devices' ? mapFields(value, device => mapFields(device, toText)) : value
  })
}

/** The fields without those that are not asked for, and without those that should not be there; at all depths. */
export function withoutNulls(fields: Fields): Fields {
  return dropNulls(mapFields(fields, value => (isPlain(value) ? withoutNulls(value) : value)))
}

/** The fields that are something. */
export function dropNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null))
}

/** The fields but for some. */
export function withoutFields(fields: Fields, names: ReadonlySet<string>): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.has(name)))
}

/** A map of fields, and not a `Date` or the like. */
export function isPlain(value: unknown): value is Fields {
  return isRecord(value) && !(value instanceof Date)
}

/** Each field changed; what is no map of fields stays as it is, for the server to refuse. */
export function mapFields(value: unknown, change: (value: unknown, name: string) => unknown): Fields {
  // Not true of what is no map; but that is only sent.
  if (!isPlain(value)) return value as Fields
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, change(one, name)]))
}

function checkDates(value: unknown, path: readonly string[]): void {
  if (value instanceof Date && Number.isNaN(value.getTime()))
    throw new TypeError(`${path.join('.')} must be a time, not an invalid Date`)
  if (Array.isArray(value) || isPlain(value))
    for (const [name, one] of Object.entries(value)) checkDates(one, [...path, name])
}

function toText(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
}
