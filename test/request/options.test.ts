import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkCallOptions, checkTimeout, mergeOptions } from '../../src/request/options.ts'
import { serve, sync } from '../servers/server.ts'

test('checkCallOptions() refuses a name that it does not know, and says which ones it knows', () => {
  // @ts-expect-error: recursion belongs into the query
  assert.throws(() => checkCallOptions({ recursion: 1 }, 'GET /1.0/instances'), {
    name: 'TypeError',
    message:
      "GET /1.0/instances: unknown option 'recursion'; known are query, headers, signal, idleTimeout, timeout",
  })
  checkCallOptions({ query: {}, headers: {}, signal: new AbortController().signal, idleTimeout: 1 }, 'GET /')
})

test('checkTimeout() takes seconds above 0, fractions and Infinity among them', () => {
  for (const seconds of [undefined, 0.001, 1, Number.POSITIVE_INFINITY]) checkTimeout(seconds, 'GET /')
  for (const seconds of [0, -1, Number.NaN, '30', null]) {
    assert.throws(
      // Never, since the types refuse it: it comes from JavaScript.
      () => checkTimeout(seconds as never, 'GET /'),
      /^TypeError: GET \/: timeout must be a number of seconds/,
    )
  }
})

test('a call with a wrong option is a rejection, and nothing is sent', async t => {
  const { api, received } = await serve(t, sync(null))
  // @ts-expect-error: it belongs into the query
  await assert.rejects(api.get({ recursion: 1 }), /^TypeError: GET \/1\.0: unknown option 'recursion'/)
  // @ts-expect-error: what others type first
  await assert.rejects(api.get('/1.0/instances'), /^TypeError: GET \/1\.0: takes options, not text; a URL is/)
  // @ts-expect-error: from JavaScript anything comes
  await assert.rejects(api.get(null), /^TypeError: GET \/1\.0: the options must be an object, not null/)
  await assert.rejects(api.get({ idleTimeout: -1 }), /^TypeError: GET \/1\.0: idleTimeout must be/)
  await assert.rejects(api.get({ query: { a: Number.NaN } }), /^TypeError: query: 'a'/)
  await assert.rejects(api.get({ headers: { a: 'b\r\nc: d' } }), /^TypeError: headers: 'a'/)
  // @ts-expect-error: from JavaScript anything comes
  await assert.rejects(api.post(5), /^TypeError: The body must be/)
  await assert.rejects(api.post({ a: 1n }), TypeError)
  assert.deepEqual(received, [])
})

test('mergeOptions() lets the call win, name by name', () => {
  const merged = mergeOptions(
    { query: { project: 'a', target: 'n1' }, headers: { 'x-one': '1' }, idleTimeout: 5 },
    { query: { project: 'b' }, headers: { 'X-Two': '2' } },
  )
  assert.deepEqual(merged.query, { project: 'b', target: 'n1' })
  assert.deepEqual(merged.headers, { 'x-one': '1', 'x-two': '2' })
  assert.equal(merged.idleTimeout, 5)
})

test('mergeOptions() matches headers in any case and with either prefix', () => {
  const defaults = mergeOptions({}, { headers: { 'X-LXD-uid': '0', 'Content-Type': 'a/b' } })
  const headers = { 'x-incus-UID': '5', 'content-TYPE': 'c/d' }
  assert.deepEqual(mergeOptions(defaults, { headers }).headers, { 'x-incus-uid': '5', 'content-type': 'c/d' })
})

test('mergeOptions() leaves the defaults as they were', () => {
  const defaults = Object.freeze({
    query: Object.freeze({ a: 1 }),
    headers: Object.freeze({ 'x-lxd-b': '2' }),
  })
  assert.equal(mergeOptions(defaults, undefined), defaults)
  mergeOptions(defaults, { query: { a: 2 }, headers: { 'x-incus-b': '3' } })
  assert.deepEqual(defaults, { query: { a: 1 }, headers: { 'x-lxd-b': '2' } })
})
