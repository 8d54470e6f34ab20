import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatQuery, parseQuery } from '../../src/request/query.ts'

test('formatQuery() gives nothing where there is nothing to ask', () => {
  assert.equal(formatQuery(undefined), '')
  assert.equal(formatQuery({}), '')
  assert.equal(formatQuery({ project: undefined, target: [] }), '')
})

test('formatQuery() writes text, numbers and booleans, and repeats a list', () => {
  const query = {
    project: 'web',
    recursion: 1,
    'all-projects': true,
    force: false,
    empty: '',
    target: ['a', 'b'],
  }
  assert.equal(
    formatQuery(query),
    '?project=web&recursion=1&all-projects=true&force=false&empty=&target=a&target=b',
  )
})

test('formatQuery() refuses what has no text, naming it', () => {
  for (const value of [
    null,
    {},
    Number.NaN,
    Number.POSITIVE_INFINITY,
    [null],
    [undefined],
    Symbol('x'),
    1n,
  ]) {
    assert.throws(
      // Never, since the types refuse it: it comes from JavaScript.
      () => formatQuery({ project: value as never }),
      /^TypeError: query: 'project' must be text, a number or/,
    )
  }
})

test('formatQuery() refuses half of a surrogate pair, and says where it is', () => {
  assert.throws(() => formatQuery({ project: 'web\ud800' }), {
    name: 'TypeError',
    message: "query: 'project' must be Unicode text, and has a lone surrogate in it",
  })
  assert.throws(
    () => formatQuery({ tags: ['a', '\udc00'] }),
    /^TypeError: query: 'tags' must be Unicode text/,
  )
  assert.throws(
    () => formatQuery({ 'a\ud800': 'b' }),
    /^TypeError: query: the name 'a\ufffd' must be Unicode text/,
  )
})

test('whatever formatQuery() writes reads back as it was, for a server and for parseQuery()', () => {
  const text = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(fc.dictionary(text, text), query => {
      const { searchParams } = new URL(`http://localhost/${formatQuery(query)}`)
      assert.deepEqual(Object.fromEntries(searchParams), { ...query })
      assert.deepEqual(parseQuery(searchParams), { ...query })
    }),
  )
})

test('parseQuery() gives a list where a name stands several times', () => {
  assert.deepEqual(parseQuery(new URLSearchParams('a=1&b=2&a=3')), { a: ['1', '3'], b: '2' })
})
