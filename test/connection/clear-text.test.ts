import assert from 'node:assert/strict'
import { test } from 'node:test'
import { API, isTrusted, trust } from '../../src/index.ts'
import { connect, serve, sync } from '../servers/server.ts'

// No such machine is asked: TEST-NET-1 of RFC 5737.
const ELSEWHERE = 'http://192.0.2.1:8443'

test('a list of https:// and http:// servers is refused, whichever comes first', () => {
  for (const baseUrl of [
    ['https://192.0.2.2:8443', ELSEWHERE],
    [ELSEWHERE, 'https://192.0.2.2:8443'],
    ['https://192.0.2.2:8443', 'http://127.0.0.1:8443'],
  ]) {
    assert.throws(() => API.factory({ baseUrl }), { name: 'TypeError', message: /in clear/ })
    assert.throws(() => API.factory({ baseUrl, token: 'abc' }), { name: 'TypeError', message: /in clear/ })
  }
})

test('a bearer token is refused for http://', () => {
  assert.throws(
    () => API.factory({ baseUrl: ELSEWHERE, token: 'geheim' }),
    (error: unknown) => {
      assert.ok(error instanceof TypeError)
      assert.doesNotMatch(error.message, /geheim/)
      return true
    },
  )
})

test('credentials in headers never go over http:// to another machine, wherever they are given', async t => {
  for (const headers of [{ Authorization: 'Bearer geheim' }, { cookie: 'session=geheim' }]) {
    const { api } = connect(t, { baseUrl: ELSEWHERE })
    const byFactory = connect(t, { baseUrl: ELSEWHERE, headers }).api
    for (const call of [
      () => byFactory.get(),
      () => api.with({ headers }).get(),
      () => api.get({ headers }),
      () => api.websocket({ headers }),
      () => api.upgrade('sftp', { headers }),
    ]) {
      await assert.rejects(call(), (error: unknown) => {
        assert.ok(error instanceof TypeError)
        assert.match(error.message, /must not go over http:\/\/ to another machine/)
        assert.doesNotMatch(error.message, /geheim/)
        return true
      })
    }
  }
})

test('credentials in headers may go to this machine itself', async t => {
  const { api, received } = await serve(t, sync(null), { headers: { authorization: 'Bearer abc' } })
  await api.get()
  assert.equal(received[0]?.headers.authorization, 'Bearer abc')
})

test('trust() sends neither token nor password over http://', async t => {
  const { api, received } = await serve(t, sync({ auth: 'untrusted', api_extensions: [] }))
  const token = Buffer.from(
    JSON.stringify({
      client_name: 'x',
      fingerprint: 'a'.repeat(64),
      addresses: ['192.0.2.1:8443'],
      secret: 's',
    }),
  ).toString('base64')
  await assert.rejects(trust(api, { token }), /only for a server over https/)
  await assert.rejects(trust(api, { password: 'geheim' }), /only for a server over https/)
  assert.equal(await isTrusted(api), false)
  assert.ok(received.every(({ method }) => method === 'GET'))
})
