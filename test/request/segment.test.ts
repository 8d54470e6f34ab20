import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeSegment } from '../../src/request/segment.ts'

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string())

test('encodeSegment() gives one segment, whatever the name, and decoding gives the name back', () => {
  const name = text.filter(value => !['', '.', '..'].includes(value))
  fc.assert(
    fc.property(name, value => {
      const segment = encodeSegment(value, '')
      assert.match(segment, /^[\w.~!*'()%-]+$/)
      assert.equal(decodeURIComponent(segment), value)
    }),
    { numRuns: 10_000 },
  )
})

test('encodeSegment() takes numbers', () => {
  assert.equal(encodeSegment(0, ''), '0')
  assert.equal(encodeSegment(1.5, ''), '1.5')
})

test('encodeSegment() leaves dots alone that are not the whole name', () => {
  assert.equal(encodeSegment('1.0', ''), '1.0')
  assert.equal(encodeSegment('...', ''), '...')
  assert.equal(encodeSegment('..a', ''), '..a')
})

test('encodeSegment() refuses what would be another URL, naming where it stood', () => {
  for (const name of ['', '.', '..']) {
    assert.throws(() => encodeSegment(name, '/1.0/instances'), {
      name: 'TypeError',
      message: `/1.0/instances/…: '${name}' is not a name that can be part of a URL`,
    })
  }
})

test('encodeSegment() refuses half of a surrogate pair, which has no bytes', () => {
  for (const name of ['\ud800', 'web\udfff', '\udc00\ud800']) {
    assert.throws(() => encodeSegment(name, ''), TypeError)
  }
})

test('encodeSegment() refuses what is neither text nor a number', () => {
  for (const value of [null, undefined, {}, [], true, Symbol('web'), new Date(0)]) {
    // @ts-expect-error: from JavaScript anything comes
    assert.throws(() => encodeSegment(value, ''), TypeError)
  }
})
