import { isDeepStrictEqual } from 'node:util'
import { redactAt } from '../../redact/redact.ts'
import { dropNulls, type Fields, fieldsOf, isPlain, mapFields } from '../shared/fields.ts'

/** One thing that is not as asked for: where it is, what it is, and what it should be. */
export interface Difference {
  /** `['config', 'limits.cpu']`; the empty path is the whole resource. */
  readonly path: readonly string[]
  /** What there is; `undefined` where there is nothing. */
  readonly from: unknown
  /** What was asked for; `undefined` or `null` where there should be nothing. */
  readonly to: unknown
}

// Lists that the servers give back in an order of their own.
const UNORDERED: ReadonlySet<string> = new Set(['members', 'projects'])

/** A difference as it may be shown. */
export function redactDifference({ path, from, to }: Difference): Difference {
  return { path, from: redactAt(path, from), to: redactAt(path, to) }
}

/** What of the fields asked for differs from those that are there; what is not asked for is not looked at. */
export function differencesOf(
  asked: Fields,
  present: Fields,
  path: readonly string[] = [],
): readonly Difference[] {
  return Object.entries(asked).flatMap(([name, value]) =>
    value === undefined ? [] : differencesIn(value, present[name], [...path, name]),
  )
}

/** The fields that differ, as a PATCH takes them: whole devices and the like, since it merges but one level of names. */
export function changeOf(asked: Fields, present: Fields, differences: readonly Difference[]): Fields {
  const change: Record<string, unknown> = {}
  for (const { path } of differences) {
    const [field = '', name] = path
    change[field] =
      name === undefined || !isPlain(asked[field])
        ? asked[field]
        : { ...fieldsOf(change[field]), [name]: entryOf(asked[field], fieldsOf(present[field]), name) }
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

function differencesIn(asked: unknown, present: unknown, path: readonly string[]): readonly Difference[] {
  if (isPlain(asked)) return differencesOf(asked, fieldsOf(present), path)
  return isMet(asked, present, path) ? [] : [{ path, from: present, to: asked }]
}

function entryOf(asked: Fields, present: Fields, name: string): unknown {
  return mergeDeep(asked[name], present[name])
}

function mergeDeep(asked: unknown, present: unknown): unknown {
  if (!isPlain(asked) || !isPlain(present)) return asked
  return dropNulls({ ...present, ...mapFields(asked, (value, name) => mergeDeep(value, present[name])) })
}

function isMet(asked: unknown, present: unknown, path: readonly string[]): boolean {
  // An empty config value is one that is not set.
  if (path[0] === 'config') return (asked ?? '') === (present ?? '')
  if (asked === null) return present == null || present === ''
  if (Array.isArray(asked)) return isListMet(asked, present ?? [], UNORDERED.has(path.at(-1) ?? ''))
  return isDeepStrictEqual(asked, present) || isSameTime(asked, present, path.at(-1) ?? '')
}

// Rules, ports and DNS entries have no order, and the servers add to each the fields that it was not given.
function isListMet(asked: readonly unknown[], present: unknown, isUnordered: boolean): boolean {
  if (!Array.isArray(present) || asked.length !== present.length) return false
  if (!isUnordered && !asked.some(isPlain)) return isDeepStrictEqual(asked, present)
  const left = [...present]
  return asked.every(one => {
    const index = left.findIndex(other => isItemMet(one, other))
    return index >= 0 && left.splice(index, 1)
  })
}

function isItemMet(asked: unknown, present: unknown): boolean {
  if (!isPlain(asked) || !isPlain(present)) return isDeepStrictEqual(asked, present)
  const names = new Set([...Object.keys(asked), ...Object.keys(present)])
  return [...names].every(name => isDeepStrictEqual(asked[name] || '', present[name] || ''))
}

function isSameTime(asked: unknown, present: unknown, name: string): boolean {
  if (!name.endsWith('_at')) return false
  return timeOf(asked) === timeOf(present)
}

// The text of a Date has no milliseconds.
function timeOf(time: unknown): number {
  return time instanceof Date ? time.getTime() : Date.parse(String(time))
}

/** What there is that was not asked for. */
export function removalsOf(
  asked: Fields,
  present: Fields,
  path: readonly string[] = [],
): readonly Difference[] {
  return Object.entries(present).flatMap(([name, from]) => {
    const there = [...path, name]
    if (asked[name] === undefined) return [{ path: there, from, to: undefined }]
    return isPlain(asked[name]) && isPlain(from) ? removalsOf(asked[name], from, there) : []
  })
}
