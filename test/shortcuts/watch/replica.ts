import assert from 'node:assert/strict'
import type { Change, LiveList } from '../../../src/index.ts'

/** A list made of nothing but the changes that another list tells; rejects changes that make no sense after each other. */
export class Replica<Item> {
  readonly items = new Map<string, Item>()
  /** The changes, as `added web`. */
  readonly told: string[] = []

  /** Applies a change. */
  apply(change: Change<Item>): void {
    const { type } = change
    this.told.push(type === 'synced' || type === 'stale' ? type : `${type} ${change.name}`)
    if (type === 'added') assert.ok(!this.items.has(change.name), this.#story(change.name))
    if (type === 'removed') assert.deepEqual(this.items.get(change.name), change.item)
    if (type === 'changed') assert.deepEqual(this.items.get(change.name), change.previous)
    if (type === 'changed' || type === 'renamed') assert.notDeepEqual(change.item, change.previous)
    if (type === 'renamed') {
      assert.ok(!this.items.has(change.name), this.#story(change.name))
      assert.deepEqual(this.items.get(change.from), change.previous)
      this.items.delete(change.from)
    }
    if (type === 'removed') this.items.delete(change.name)
    else if (type !== 'synced' && type !== 'stale') this.items.set(change.name, change.item)
  }

  /** Whether it has the same items as the list. */
  equals(list: LiveList<Item>): boolean {
    return contentOf(this.items) === contentOf(new Map([...list.names()].map(name => [name, list.get(name)])))
  }

  #story(name: string): string {
    return `${name} is told twice: ${this.told.join(', ')}`
  }
}

/** Follows a list until it ends; resolves with a replica of it at once. */
export function follow<Item>(list: LiveList<Item>): { replica: Replica<Item>; ended: Promise<unknown> } {
  const replica = new Replica<Item>()
  for (const name of list.names()) replica.items.set(name, list.get(name) as Item)
  const changes = list.changes()
  const read = async (): Promise<void> => {
    for await (const change of changes) replica.apply(change)
  }
  return { replica, ended: read().catch(error => error) }
}

/** The items as text, by their names. */
export function contentOf(items: ReadonlyMap<string, unknown>): string {
  return JSON.stringify([...items].sort(([a], [b]) => (a < b ? -1 : 1)))
}
