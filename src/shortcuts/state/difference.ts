import { isDeepStrictEqual, types } from 'node:util'
import { redactAt } from '../../redact/redact.ts'
import { dropNulls, type Fields, fieldsOf, isPlain, mapFields } from '../shared/fields.ts'

/** One value that is not as desired: its path, its value, and the desired value. */
export interface Difference {
  /** `['config', 'limits.cpu']`; the empty path is the whole resource. */
  readonly path: readonly string[]
  /** The present value; `undefined` if there is none. */
  readonly from: unknown
  /** The desired value; `undefined` or `null` if there should be none. */
  readonly to: unknown
}

// Lists that the servers return in any order.
const UNORDERED: ReadonlySet<string> = new Set(['members', 'projects'])

/** A difference with its secrets redacted. */
export function redactDifference({ path, from, to }: Difference): Difference {
  return { path, from: redactAt(path, from), to: redactAt(path, to) }
}

/** The differences between desired and present fields; fields that are not desired are ignored. */
export function differencesOf(
  desired: Fields,
  present: Fields,
  path: readonly string[] = [],
): readonly Difference[] {
  return Object.entries(desired).flatMap(([name, value]) =>
    value === undefined ? [] : differencesIn(value, present[name], [...path, name]),
  )
}

/** The fields that differ, as a PATCH takes them: complete entries, such as devices, since it merges only one level. */
export function changeOf(desired: Fields, present: Fields, differences: readonly Difference[]): Fields {
  const change: Record<string, unknown> = {}
  for (const { path } of differences) {
    const [field = '', name] = path
    change[field] =
      name === undefined || !isPlain(desired[field])
        ? desired[field]
        : { ...fieldsOf(change[field]), [name]: entryOf(desired[field], fieldsOf(present[field]), name) }
  }
  return change
}

/** The present fields with a change applied to them, as a PUT takes them. */
export function applyChange(change: Fields, present: Fields): Fields {
  return dropNulls({
    ...present,
    ...mapFields(change, (value, field) =>
      isPlain(value) ? dropNulls({ ...fieldsOf(present[field]), ...value }) : value,
    ),
  })
}

/** Whether something other than a config key has to be removed, which a PATCH can't do. */
export function hasRemovals(differences: readonly Difference[]): boolean {
  return differences.some(({ path, to }) => to === null && path[0] !== 'config')
}

function differencesIn(desired: unknown, present: unknown, path: readonly string[]): readonly Difference[] {
  if (isPlain(desired)) return differencesOf(desired, fieldsOf(present), path)
  return isMatch(desired, present, path) ? [] : [{ path, from: present, to: desired }]
}

function entryOf(desired: Fields, present: Fields, name: string): unknown {
  return mergeDeep(desired[name], present[name])
}

function mergeDeep(desired: unknown, present: unknown): unknown {
  if (!isPlain(desired) || !isPlain(present)) return desired
  return dropNulls({ ...present, ...mapFields(desired, (value, name) => mergeDeep(value, present[name])) })
}

function isMatch(desired: unknown, present: unknown, path: readonly string[]): boolean {
  // An empty config value means that it is not set.
  if (path[0] === 'config') return (desired ?? '') === (present ?? '')
  if (desired === null) return present == null || present === ''
  if (Array.isArray(desired)) return isListMatch(desired, present ?? [], UNORDERED.has(path.at(-1) ?? ''))
  return isDeepStrictEqual(desired, present) || isSameTime(desired, present, path.at(-1) ?? '')
}

// Rules, ports and DNS entries are unordered, and the servers add missing fields to each.
function isListMatch(desired: readonly unknown[], present: unknown, isUnordered: boolean): boolean {
  if (!Array.isArray(present) || desired.length !== present.length) return false
  if (!isUnordered && !desired.some(isPlain)) return isDeepStrictEqual(desired, present)
  const left = [...present]
  return desired.every(one => {
    const index = left.findIndex(other => isItemMatch(one, other))
    return index >= 0 && left.splice(index, 1)
  })
}

function isItemMatch(desired: unknown, present: unknown): boolean {
  if (!isPlain(desired) || !isPlain(present)) return isDeepStrictEqual(desired, present)
  const names = new Set([...Object.keys(desired), ...Object.keys(present)])
  return [...names].every(name => isDeepStrictEqual(desired[name] || '', present[name] || ''))
}

function isSameTime(desired: unknown, present: unknown, name: string): boolean {
  if (!name.endsWith('_at')) return false
  return timeOf(desired) === timeOf(present)
}

// The text of a Date has no milliseconds.
function timeOf(time: unknown): number {
  return types.isDate(time) ? time.getTime() : Date.parse(String(time))
}

/** The present values that are not desired, and would be removed. */
export function removalsOf(
  desired: Fields,
  present: Fields,
  path: readonly string[] = [],
): readonly Difference[] {
  return Object.entries(present).flatMap(([name, from]) => {
    const there = [...path, name]
    if (desired[name] === undefined) return [{ path: there, from, to: undefined }]
    return isPlain(desired[name]) && isPlain(from) ? removalsOf(desired[name], from, there) : []
  })
}
