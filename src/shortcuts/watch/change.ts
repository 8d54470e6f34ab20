import { printAs } from '../../redact/print-as.ts'
import { redact } from '../../redact/redact.ts'
import { isPlain } from '../shared/fields.ts'
import { type Difference, redactDifference } from '../state/difference.ts'

/** An item that was not in the list before. */
export interface AddedItem<Item> {
  readonly type: 'added'
  /** The item's name in the list, as `get()` of the list takes it. */
  readonly name: string
  readonly item: Item
}

/** An item with other fields than before. */
export interface ChangedItem<Item> {
  readonly type: 'changed'
  readonly name: string
  readonly item: Item
  /** The item as it was told before. */
  readonly previous: Item
  /** Each value that differs, with the one before. */
  readonly difference: readonly Difference[]
}

/** An item that is not in the list any more. */
export interface RemovedItem<Item> {
  readonly type: 'removed'
  readonly name: string
  /** The item as it was told last. */
  readonly item: Item
}

/** An item with another name than before; its other fields may differ too. */
export interface RenamedItem<Item> {
  readonly type: 'renamed'
  readonly name: string
  /** The name it had. */
  readonly from: string
  readonly item: Item
  /** The item as it was told before. */
  readonly previous: Item
  /** Each value that differs, with the one before. */
  readonly difference: readonly Difference[]
}

/** The list is complete and up to date: at its beginning, and after it was stale. */
export interface SyncedList {
  readonly type: 'synced'
}

/** The list may be out of date until it is `synced`: the connection is lost, or reading failed. */
export interface StaleList {
  readonly type: 'stale'
  /** The error; `undefined` where the server closed the connection in order. */
  readonly reason: unknown
}

/** What has happened to one item of a list. */
export type ItemChange<Item> = AddedItem<Item> | ChangedItem<Item> | RemovedItem<Item> | RenamedItem<Item>

/** What has happened to a list that is watched, see {@link watch}. */
export type Change<Item> = ItemChange<Item> | SyncedList | StaleList

/** A change that is printed without the secrets of its items. */
export function maskedChange<Item>(change: ItemChange<Item>): ItemChange<Item> {
  return printAs(change, one => ({
    // Safe cast: a copy of an object is one.
    ...(redact({ ...one }) as object),
    ...('difference' in one && { difference: one.difference.map(redactDifference) }),
  }))
}

/** Each value that differs between two versions of an item. */
export function compareItems(
  from: unknown,
  to: unknown,
  path: readonly string[] = [],
): readonly Difference[] {
  if (!isPlain(from) || !isPlain(to)) return isSame(from, to) ? [] : [{ path, from, to }]
  const names = new Set([...Object.keys(from), ...Object.keys(to)])
  return [...names].flatMap(name => compareItems(from[name], to[name], [...path, name]))
}

/** Whether two values that were read from a server are the same; it writes the fields of one thing in the same order. */
export function isSame(from: unknown, to: unknown): boolean {
  return from === to || JSON.stringify(from) === JSON.stringify(to)
}
