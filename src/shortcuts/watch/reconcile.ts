import { fieldsOf } from '../shared/fields.ts'
import { compareItems, type ItemChange, isSame, maskedChange } from './change.ts'

/** What was read of items by name; `undefined` for one that is gone. */
export type Facts<Item> = ReadonlyMap<string, Item | undefined>

/** The names that items had before, by their new names, as the server's events tell. */
export type Origins = ReadonlyMap<string, string>

/**
 * The changes that lead from the items as they are known to what was read of them.
 *
 * Each can be applied after those before it: a name is free before another item gets it.
 */
export function reconcile<Item>(
  items: ReadonlyMap<string, Item>,
  facts: Facts<Item>,
  origins: Origins = new Map(),
): readonly ItemChange<Item>[] {
  const known = present([...facts.keys()].map(name => [name, items.get(name)]))
  const read = present(facts)
  const former = matchItems(known, read, origins)
  const kept = new Set(former.values())
  const renames = orderRenames([...former].filter(([name, from]) => name !== from))
  const isRenamed = new Set(renames.map(([name]) => name))
  return [
    ...[...known].filter(([name]) => !kept.has(name)).map(([name, item]) => removed(name, item)),
    ...renames.map(([name, from]) => renamed(name, from, itemOf(read, name), itemOf(known, from))),
    ...[...former.keys()]
      .filter(name => !isRenamed.has(name))
      .flatMap(name => changed(name, itemOf(read, name), itemOf(known, name))),
    ...[...read].filter(([name]) => !former.has(name)).map(([name, item]) => added(name, item)),
  ].map(maskedChange)
}

/** Notes which name an item had at first; without a former name, that the name belongs to another item now. */
export function noteOrigin(origins: Map<string, string>, name: string, from?: string): void {
  const first = from === undefined ? undefined : (origins.get(from) ?? from)
  origins.delete(name)
  if (from !== undefined) origins.delete(from)
  if (first !== undefined && first !== name) origins.set(name, first)
}

/** Applies a change to the items. */
export function applyChange<Item>(items: Map<string, Item>, change: ItemChange<Item>): void {
  if (change.type === 'renamed') items.delete(change.from)
  if (change.type === 'removed') items.delete(change.name)
  else items.set(change.name, change.item)
}

function present<Item>(facts: Iterable<readonly [string, Item | undefined]>): Map<string, Item> {
  const items = new Map<string, Item>()
  for (const [name, item] of facts) if (item !== undefined) items.set(name, item)
  return items
}

// The former name of each item that was known before: by its identity, else by the events, else the same name.
function matchItems(
  known: ReadonlyMap<string, unknown>,
  read: ReadonlyMap<string, unknown>,
  origins: Origins,
) {
  const former = new Map<string, string>()
  const free = new Set(known.keys())
  const match = (name: string, from: string | undefined): void => {
    if (from === undefined || former.has(name) || !free.has(from)) return
    if (isOther(known.get(from), read.get(name))) return
    former.set(name, from)
    free.delete(from)
  }
  const names = new Map([...known].map(([name, item]) => [identityOf(item), name]))
  for (const [name, item] of read) if (identityOf(item)) match(name, names.get(identityOf(item)))
  for (const [name, item] of read) if (known.has(name) && isSame(known.get(name), item)) match(name, name)
  for (const name of read.keys()) match(name, origins.get(name))
  for (const name of read.keys()) match(name, name)
  return former
}

// Two instances that one after the other have the same name.
function isOther(one: unknown, other: unknown): boolean {
  const [first, second] = [identityOf(one), identityOf(other)]
  return first !== undefined && second !== undefined && first !== second
}

// Instances keep it when they are renamed, restored or moved.
function identityOf(item: unknown): unknown {
  return fieldsOf(fieldsOf(item)['config'])['volatile.uuid']
}

type Rename = readonly [name: string, from: string]

// The last of a chain comes first. Items that have swapped their names are told as changed.
function orderRenames(renames: readonly Rename[]): readonly Rename[] {
  const ordered: Rename[] = []
  let rest = renames
  for (;;) {
    const taken = new Set(rest.map(([, from]) => from))
    const possible = rest.filter(([name]) => !taken.has(name))
    if (possible.length === 0) return ordered
    ordered.push(...possible)
    rest = rest.filter(([name]) => taken.has(name))
  }
}

function itemOf<Item>(items: ReadonlyMap<string, Item>, name: string): Item {
  // Safe cast: the name is one that was matched.
  return items.get(name) as Item
}

function added<Item>(name: string, item: Item): ItemChange<Item> {
  return { type: 'added', name, item }
}

function removed<Item>(name: string, item: Item): ItemChange<Item> {
  return { type: 'removed', name, item }
}

function renamed<Item>(name: string, from: string, item: Item, previous: Item): ItemChange<Item> {
  return { type: 'renamed', name, from, item, previous, difference: compareItems(previous, item) }
}

function changed<Item>(name: string, item: Item, previous: Item): readonly ItemChange<Item>[] {
  const difference = compareItems(previous, item)
  return difference.length === 0 ? [] : [{ type: 'changed', name, item, previous, difference }]
}
