import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { findWrongImports, listImports, readSources } from './import-order.ts'

const SOURCES = readSources(join(import.meta.dirname, '../src'))

test('imports go one way, and there is no cycle', () => {
  assert.deepEqual(findWrongImports(SOURCES), [])
})

test('each import of the library is found', () => {
  const found = [...SOURCES].flatMap(([file, text]) => listImports(file, text))
  const texts = [...SOURCES.values()].flatMap(text => text.match(/ from '\.[^']*'$|\bimport\('\./gm) ?? [])
  assert.equal(found.length, texts.length)
  for (const { from, to } of found) assert.ok(SOURCES.has(to), `${from} → ${to}`)
})

test('an import against the order is told by its files, also one of types only', () => {
  const texts = [
    `import { get } from '../client/client.ts'`,
    `import type { Client } from '../client/client.ts'`,
    `import {\n  get,\n  type Client,\n} from '../client/client.ts'`,
    `export { get } from '../client/client.ts'`,
    `export * from '../client/client.ts'`,
    `const { get } = await import('../client/client.ts')`,
  ]
  for (const text of texts) {
    const tree = new Map([
      ['errors/hints.ts', text],
      ['client/client.ts', `import { redact } from '../redact/redact.ts'`],
    ])
    assert.deepEqual(findWrongImports(tree), ['errors/hints.ts → client/client.ts'], text)
  }
})

test('within the shortcuts, what others share imports none of them', () => {
  const tree = new Map([
    ['shortcuts/shared/retry.ts', `import { present } from '../state/present.ts'`],
    ['shortcuts/exec/exec.ts', `import { present } from '../state/present.ts'`],
    ['shortcuts/state/present.ts', `import { events } from '../events/events.ts'`],
  ])
  assert.deepEqual(findWrongImports(tree), [
    'shortcuts/shared/retry.ts → shortcuts/state/present.ts',
    'shortcuts/state/present.ts → shortcuts/events/events.ts',
  ])
})

test('a cycle is told by all its files, also within a part', () => {
  const tree = new Map([
    ['redact/a.ts', `import { b } from './b.ts'`],
    ['redact/b.ts', `import type { C } from './c.ts'`],
    ['redact/c.ts', `import { a } from './a.ts'`],
  ])
  assert.deepEqual(findWrongImports(tree), ['cycle: redact/a.ts → redact/b.ts → redact/c.ts → redact/a.ts'])
})

test('a path and a result know each other by their types only', () => {
  const path = ['path.ts', `import { APIResult } from './result.ts'`] as const
  const types = new Map([path, ['result.ts', `import { type Context, type Path } from './path.ts'`]])
  assert.deepEqual(findWrongImports(types), [])
  const values = new Map([path, ['result.ts', `import { ApiPath, type Path } from './path.ts'`]])
  assert.deepEqual(findWrongImports(values), ['result.ts → path.ts', 'cycle: path.ts → result.ts → path.ts'])
})

test('a file outside of all parts is refused', () => {
  const tree = new Map([['utils/utils.ts', `import { a } from '../common/abort.ts'`]])
  assert.throws(() => findWrongImports(tree), /utils\/utils\.ts is in none of the parts/)
})
