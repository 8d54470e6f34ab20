import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import type { ItemChange } from '../../../src/shortcuts/watch/change.ts'
import { ChangeQueue, combine } from '../../../src/shortcuts/watch/change-queue.ts'
import { applyChange, noteOrigin, reconcile } from '../../../src/shortcuts/watch/reconcile.ts'
import { contentOf, Replica } from './replica.ts'

interface Item {
  readonly name: string
  readonly config: Readonly<Record<string, string>>
}

const NAMES = ['a', 'b', 'c', 'd', 'e']
const name = fc.constantFrom(...NAMES)
const uuid = fc.constantFrom('1', '2', '3', '4', '5', '6')
const value = fc.constantFrom('x', 'y')

/** Lists as servers have them: each name once, and each identity once. */
function lists(hasIdentity: boolean): fc.Arbitrary<Map<string, Item>> {
  return fc
    .uniqueArray(fc.tuple(name, uuid, value), { selector: ([name]) => name, maxLength: 5 })
    .map(items => items.filter(([, id], index) => items.findIndex(([, other]) => other === id) === index))
    .map(
      items =>
        new Map(items.map(([name, id, value]) => [name, item(name, value, hasIdentity ? id : undefined)])),
    )
}

function item(name: string, value = 'x', id?: string): Item {
  return { name, config: { 'user.value': value, ...(id !== undefined && { 'volatile.uuid': id }) } }
}

function listOf(...items: readonly Item[]): Map<string, Item> {
  return new Map(items.map(one => [one.name, one]))
}

// What was read of a whole list, and of names that are gone.
function factsOf(
  known: ReadonlyMap<string, Item>,
  read: ReadonlyMap<string, Item>,
): Map<string, Item | undefined> {
  return new Map([...[...known.keys()].map(name => [name, undefined] as const), ...read])
}

function short(changes: readonly ItemChange<Item>[]): string[] {
  return changes.map(one =>
    one.type === 'renamed' ? `renamed ${one.from} ${one.name}` : `${one.type} ${one.name}`,
  )
}

test('the changes lead from one list to the other, each makes sense after those before it, and none is told twice', () => {
  const pairs = fc.boolean().chain(hasIdentity => fc.tuple(lists(hasIdentity), lists(hasIdentity)))
  const origins = fc.dictionary(name, name).map(names => new Map(Object.entries(names)))
  fc.assert(
    fc.property(pairs, origins, ([known, read], hints) => {
      const replica = new Replica<Item>()
      for (const [name, one] of known) replica.items.set(name, one)
      const changes = reconcile(known, factsOf(known, read), hints)
      for (const change of changes) replica.apply(change)
      assert.equal(contentOf(replica.items), contentOf(read))
      assert.equal(new Set(short(changes)).size, changes.length)
      assert.deepEqual(reconcile(replica.items, factsOf(known, read), hints), [])
    }),
  )
})

test('changes that wait are combined into those between their first and their last', () => {
  const steps = fc
    .boolean()
    .chain(hasIdentity => fc.array(lists(hasIdentity), { minLength: 2, maxLength: 6 }))
  fc.assert(
    fc.property(steps, ([first = new Map<string, Item>(), ...others]) => {
      const present = new Map(first)
      const told: ItemChange<Item>[] = []
      for (const next of others) {
        const changes = reconcile(present, factsOf(present, next))
        for (const change of changes) applyChange(present, change)
        told.push(...changes)
      }
      const replica = new Replica<Item>()
      for (const [name, one] of first) replica.items.set(name, one)
      const combined = combine(told)
      for (const change of combined) replica.apply(change)
      assert.equal(contentOf(replica.items), contentOf(present))
      assert.ok(combined.length <= first.size + present.size)
    }),
  )
})

test('what a slow consumer has not read is one change for each item at the most', async () => {
  const queue = new ChangeQueue<Item>(() => {})
  const present = listOf(item('a', '0'), item('b', '0'))
  for (let n = 1; n <= 5000; n++) {
    const changes = reconcile(present, listOf(item('a', String(n))))
    for (const change of changes) applyChange(present, change)
    queue.push(changes)
    queue.push([{ type: 'stale', reason: n }, { type: 'synced' }])
  }
  queue.end()
  let count = 0
  const replica = new Replica<Item>()
  replica.items.set('a', item('a', '0'))
  for await (const change of queue) {
    replica.apply(change)
    count += 1
  }
  assert.ok(count <= 1024, `${count} changes`)
  assert.equal(replica.items.get('a')?.config['user.value'], '5000')
  assert.equal(replica.told.at(-1), 'synced')
})

test('an instance with another name is renamed, by its identity alone, and also in a chain', () => {
  const known = listOf(item('a', 'x', '1'), item('b', 'x', '2'))
  const read = listOf(item('b', 'x', '1'), item('c', 'y', '2'))
  assert.deepEqual(short(reconcile(known, factsOf(known, read))), ['renamed b c', 'renamed a b'])
  const [change] = reconcile(known, factsOf(known, read))
  assert.deepEqual(change?.type === 'renamed' && change.difference, [
    { path: ['name'], from: 'b', to: 'c' },
    { path: ['config', 'user.value'], from: 'x', to: 'y' },
  ])
})

test('two that have swapped their names are changed, since neither name is free', () => {
  const known = listOf(item('a', 'x', '1'), item('b', 'y', '2'))
  const read = listOf(item('a', 'y', '2'), item('b', 'x', '1'))
  assert.deepEqual(short(reconcile(known, factsOf(known, read))), ['changed a', 'changed b'])
})

test('an instance that was deleted and created again is another one', () => {
  const [known, read] = [listOf(item('a', 'x', '1')), listOf(item('a', 'x', '2'))]
  assert.deepEqual(short(reconcile(known, factsOf(known, read))), ['removed a', 'added a'])
})

test('what has no identity is renamed as the events say, also in a chain', () => {
  const [known, read] = [listOf(item('a')), listOf(item('c'))]
  const origins = new Map<string, string>()
  noteOrigin(origins, 'b', 'a')
  noteOrigin(origins, 'c', 'b')
  assert.deepEqual(short(reconcile(known, factsOf(known, read), origins)), ['renamed a c'])
  assert.deepEqual(short(reconcile(known, factsOf(known, read))), ['removed a', 'added c'])
})

test('a name that was created or deleted after a rename belongs to another item', () => {
  const origins = new Map<string, string>()
  noteOrigin(origins, 'b', 'a')
  noteOrigin(origins, 'b')
  assert.deepEqual([...origins], [])
  noteOrigin(origins, 'b', 'a')
  noteOrigin(origins, 'a', 'b')
  assert.deepEqual([...origins], [])
})

test('a change is printed without the secrets of its items, and has them', () => {
  const known = listOf({ name: 'a', config: { 'user.password': 'hunter2' } })
  const read = listOf({ name: 'a', config: { 'user.password': 'hunter3' } })
  const [change] = reconcile(known, factsOf(known, read))
  assert.ok(change?.type === 'changed')
  assert.equal(change.difference[0]?.to, 'hunter3')
  assert.doesNotMatch(inspect(change, { depth: null }) + JSON.stringify(change), /hunter/)
})
