import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { encodeBody } from '../../src/request/body.ts'
import { redactHeaders } from '../../src/request/request.ts'
import { makeRequest } from '../servers/make-request.ts'

const ORIGIN = 'https://10.0.0.5:8443'

test('as text a request is METHOD and URL, without the secrets in it', () => {
  const request = makeRequest(ORIGIN, 'GET', '/1.0/operations/1/websocket', undefined, {
    query: { secret: 'hunter2', project: 'web' },
  })
  assert.equal(String(request), `GET ${ORIGIN}/1.0/operations/1/websocket?secret=***&project=web`)
  assert.equal(request.redactedPath, '/1.0/operations/1/websocket?secret=***&project=web')
  assert.equal(request.path, '/1.0/operations/1/websocket?secret=hunter2&project=web')
  assert.equal(request.url, `${ORIGIN}/1.0/operations/1/websocket?secret=hunter2&project=web`)
})

test('its properties are what is sent', () => {
  const { signal } = new AbortController()
  const body = { config: { 'user.a': 'b' } }
  const request = makeRequest(ORIGIN, 'PUT', '/1.0', body, {
    headers: { 'If-Match': 'abc' },
    signals: [signal],
    idleTimeout: 5,
  })
  assert.equal(request.method, 'PUT')
  assert.equal(request.origin, ORIGIN)
  assert.equal(request.body, body)
  assert.equal(encodeBody(request), '{"config":{"user.a":"b"}}')
  assert.deepEqual(request.headers, { 'If-Match': 'abc', 'content-type': 'application/json' })
  assert.deepEqual(request.signals, [signal])
  assert.equal(request.idleTimeout, 5)
  assert.equal(request.isJson, true)
})

test('without a body there is none, and no content type', () => {
  for (const body of [undefined, null]) {
    const request = makeRequest(ORIGIN, 'POST', '/1.0', body, {})
    assert.equal(request.body, undefined)
    assert.equal(encodeBody(request), undefined)
    assert.equal(request.isJson, false)
    assert.deepEqual(request.headers, {})
  }
})

test('the path of the root is a slash', () => {
  assert.equal(makeRequest(ORIGIN, 'GET', '', undefined, { query: { a: 1 } }).path, '/?a=1')
})

test('it is shown without secrets, and a raw body not at all', () => {
  const headers = { Authorization: 'Bearer hunter2', 'x-one': '1' }
  const json = makeRequest(
    ORIGIN,
    'POST',
    '/1.0/certificates',
    { password: 'hunter2', name: 'me' },
    { headers },
  )
  const raw = makeRequest(ORIGIN, 'POST', '/1.0/images?secret=hunter2', 'hunter2', {})
  for (const shown of [
    inspect(json),
    JSON.stringify(json),
    inspect(raw),
    JSON.stringify(raw),
    inspect([raw], { depth: 9 }),
  ]) {
    assert.doesNotMatch(shown, /hunter2/)
  }
  assert.deepEqual(json.toJSON(), {
    method: 'POST',
    url: `${ORIGIN}/1.0/certificates`,
    headers: { Authorization: '***', 'x-one': '1', 'content-type': 'application/json' },
    body: { password: '***', name: 'me' },
  })
  assert.ok(!('body' in raw.toJSON()))
})

test('redactHeaders() masks by name, and what is secret in a value', () => {
  const headers = {
    authorization: 'Bearer a',
    Cookie: 'a=b',
    'x-token': 'a',
    etag: 'abc',
    referer: '/1.0?secret=a',
  }
  assert.deepEqual(redactHeaders(headers), {
    authorization: '***',
    Cookie: '***',
    'x-token': '***',
    etag: 'abc',
    referer: '/1.0?secret=***',
  })
})
