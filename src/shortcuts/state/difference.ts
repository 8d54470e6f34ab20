import { isDeepStrictEqual } from 'node:util'
import { redactAt } from '../../redact/redact.ts'
import { dropNulls, type Fields, fieldsOf, isPlain, mapFields } from '../shared/fields.ts'

/** One thing that is not as desired for: where it is, what it is, and what it should be. */
export interface Difference {
  /** `['config', 'limits.cpu']`; the empty path is the whole resource. */
  readonly path: readonly string[]
  /** What there is; `undefined` where there is nothing. */
  readonly from: unknown
  /** What was desired for; `undefined` or `null` where there should be nothing. */
  readonly to: unknown
}

// Lists that the servers give back in an order of their own.
const UNORDERED: ReadonlySet<string> = new Set(['members', 'projects'])

/** A difference as it may be shown. */
export function redactDifference({ path, from, to }: Difference): Difference {
  return { path, from: redactAt(path, from), to: redactAt(path, to) }
}

/** What of the fields desired for differs from those that are there; what is not desired for is not looked at. */
export function differencesOf(
  desired: Fields,
  present: Fields,
  path: readonly string[] = [],
): readonly Difference[] {
  return Object.entries(desired).flatMap(([name, value]) =>
    value === undefined ? [] : differencesIn(value, present[name], [...path, name]),
  )
}

/** The fields that differ, as a PATCH takes them: whole devices and the like, since it merges but one level of names. */
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

/** All that is there with a change applied to it, as a PUT takes it. */
export function applyChange(change: Fields, present: Fields): Fields {
  return dropNulls({
    ...present,
    ...mapFields(change, (value, field) =>
      isPlain(value) ? dropNulls({ ...fieldsOf(present[field]), ...value }) : value,
    ),
  })
}

/** Does a PATCH not do, because something has to go that is no config key? */
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
  // An empty config value is one that is not set.
  if (path[0] === 'config') return (desired ?? '') === (present ?? '')
  if (desired === null) return present == null || present === ''
  if (Array.isArray(desired)) return isListMatch(desired, present ?? [], UNORDERED.has(path.at(-1) ?? ''))
  return isDeepStrictEqual(desired, present) || isSameTime(desired, present, path.at(-1) ?? '')
}

// Rules, ports and DNS entries have no order, and the servers add to each the fields that it was not given.
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
  return time instanceof Date ? time.getTime() : Date.parse(String(time))
}

/** What there is that was not desired for. */
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
