import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { isError, isTypeError } from '../../src/common/is-error.ts'

test('errors of any realm are errors, and nothing else is', () => {
  for (const error of [
    new RangeError('x'),
    runInNewContext("new RangeError('x')"),
    AbortSignal.abort().reason,
    new (class Own extends Error {})(),
  ])
    assert.ok(isError(error), String(error))
  for (const other of [undefined, null, 'Error: x', { name: 'Error', message: 'x' }])
    assert.ok(!isError(other), String(other))
})

test('a TypeError of any realm is told from other errors', () => {
  for (const error of [new TypeError('x'), runInNewContext("new TypeError('x')")])
    assert.ok(isTypeError(error))
  for (const other of [new RangeError('x'), { name: 'TypeError' }]) assert.ok(!isTypeError(other))
})
