import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addBothPrefixes, isJson, withBothPrefixes } from '../../src/request/headers.ts'
import { serve, sync } from '../servers/server.ts'

test('withBothPrefixes() sends each header with both prefixes', () => {
  assert.deepEqual(withBothPrefixes({ 'X-LXD-uid': '0', 'x-incus-mode': '0644', Accept: '*/*' }), {
    'X-LXD-uid': '0',
    'x-incus-uid': '0',
    'x-incus-mode': '0644',
    'x-lxd-mode': '0644',
    Accept: '*/*',
  })
})

test('withBothPrefixes() keeps headers given with both prefixes, and omits undefined ones', () => {
  const headers = {
    'x-lxd-uid': '0',
    'x-incus-uid': '5',
    'x-lxd-gid': undefined,
    'x-incus-gid': '7',
    'if-match': undefined,
  }
  assert.deepEqual(withBothPrefixes(headers), { 'x-lxd-uid': '0', 'x-incus-uid': '5', 'x-incus-gid': '7' })
})

test('withBothPrefixes() rejects a value that is not one line of text, without quoting it', () => {
  for (const value of ['secret\r\nX-Evil: 1', 'secret\nx', 'secret\0', 'secret€', 5, null, ['secret']]) {
    assert.throws(
      // @ts-expect-error: from JavaScript anything comes
      () => withBothPrefixes({ 'X-One': value }),
      (error: Error) =>
        error instanceof TypeError && /'X-One'/.test(error.message) && !/secret/.test(error.message),
    )
  }
})

test('withBothPrefixes() rejects an invalid name', () => {
  for (const name of ['', 'a b', 'a:', 'é', 'a\n'])
    assert.throws(() => withBothPrefixes({ [name]: 'x' }), TypeError)
})

test('addBothPrefixes() adds missing headers and changes none', () => {
  const headers = { 'x-lxd-uid': '0', 'x-incus-gid': '1', 'x-incus-uid': '5', etag: 'abc' }
  addBothPrefixes(headers)
  assert.deepEqual(headers, {
    'x-lxd-uid': '0',
    'x-incus-uid': '5',
    'x-incus-gid': '1',
    'x-lxd-gid': '1',
    etag: 'abc',
  })
})

test('isJson() reads the content type, parameters and all', () => {
  assert.ok(isJson({ 'content-type': 'application/json' }))
  assert.ok(isJson({ 'content-type': 'application/json; charset=utf-8' }))
  assert.ok(!isJson({ 'content-type': 'text/plain' }))
  assert.ok(!isJson({}))
})

test('a server receives both prefixes, and its answer can be read with either', async t => {
  const { api, received } = await serve(t, sync(null, { 'X-Incus-Type': 'directory', 'X-LXD-Mode': '0755' }))
  const { response } = await api.get({ headers: { 'X-LXD-uid': '0' } })
  assert.equal(received[0]?.headers['x-lxd-uid'], '0')
  assert.equal(received[0]?.headers['x-incus-uid'], '0')
  assert.equal(response.headers['x-lxd-type'], 'directory')
  assert.equal(response.headers['x-incus-type'], 'directory')
  assert.equal(response.headers['x-incus-mode'], '0755')
})

test('a call omits a header of the path with either prefix', async t => {
  const { api, received } = await serve(t, sync(null))
  const path = api.with({ headers: { 'X-LXD-force': '1', 'If-Match': 'abc' } })
  await path.get({ headers: { 'X-Incus-force': undefined, 'IF-MATCH': undefined } })
  const { headers } = received[0] ?? assert.fail('nothing arrived')
  assert.ok(!('x-lxd-force' in headers) && !('x-incus-force' in headers) && !('if-match' in headers))
})
