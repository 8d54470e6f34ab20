import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Agent, MockAgent } from 'undici'
import { API, APIConnectionException, APINotFoundException, type FactoryOptions } from '../../src/index.ts'
import { makeCertificate } from '../daemon/certificate.ts'
import { connect, serve, sync } from '../servers/server.ts'
import { servePeers } from '../servers/websocket-peer.ts'

const headers = { 'content-type': 'application/json' }

function mock(origin?: string): { agent: MockAgent; pool: ReturnType<MockAgent['get']> } {
  const agent = new MockAgent()
  agent.disableNetConnect()
  return { agent, pool: agent.get(origin ?? 'http://localhost') }
}

test('a MockAgent answers in place of a server', async t => {
  const { agent, pool } = mock('https://lxd.example:8443')
  const reply = { type: 'sync', metadata: { name: 'web' } }
  pool.intercept({ path: '/1.0/instances/web?project=shop', method: 'GET' }).reply(200, reply, { headers })
  const error = { type: 'error', error: 'Instance not found', error_code: 404 }
  pool.intercept({ path: '/1.0/instances/nope', method: 'GET' }).reply(404, error, { headers })
  const { api } = connect(t, { dispatcher: agent, baseUrl: 'https://lxd.example:8443' })
  const { metadata } = await api.instances.web.get({ query: { project: 'shop' } })
  assert.deepEqual(metadata, { name: 'web' })
  await assert.rejects(api.instances.nope.get(), APINotFoundException)
})

test('without a baseUrl the origin is http://localhost', async t => {
  const { agent, pool } = mock()
  let sent: unknown
  pool.intercept({ path: '/1.0/profiles', method: 'POST' }).reply(200, ({ body }) => {
    sent = body
    return { type: 'sync', metadata: null }
  })
  const { api } = connect(t, { dispatcher: agent })
  await api.profiles.post({ name: 'web' })
  assert.equal(sent, '{"name":"web"}')
})

test('what a MockAgent does not know is an exception that tells so', async t => {
  const { agent } = mock()
  const { api } = connect(t, { dispatcher: agent })
  await assert.rejects(api.get(), (error: unknown) => {
    assert.ok(error instanceof APIConnectionException)
    assert.match(error.message, /Mock dispatch not matched|net\.connect disabled/)
    return true
  })
})

test('closing the API does not close the dispatcher', async t => {
  const { origin } = await serve(t, sync('answer'))
  const agent = new Agent()
  t.after(() => agent.close())
  const first = API.factory({ dispatcher: agent, baseUrl: origin })
  await first.close()
  const { api } = connect(t, { dispatcher: agent, baseUrl: origin })
  assert.equal((await api.get()).metadata, 'answer')
})

test('interceptors see every request, and websockets go through the dispatcher as well', async t => {
  const { origin, peers } = await servePeers(t, () => {}, sync(1))
  const agent = new Agent()
  t.after(() => agent.close())
  const seen: string[] = []
  const dispatcher = agent.compose(dispatch => (options, handler) => {
    seen.push(`${options.method} ${options.origin}${options.path}`)
    return dispatch(options, handler)
  })
  const { api } = connect(t, { dispatcher, baseUrl: origin })
  await api.get()
  const socket = await api.events.websocket()
  assert.equal(peers.length, 1)
  socket.terminate()
  await socket.closed
  assert.deepEqual(seen, [`GET ${origin}/1.0`, `GET ${origin}/1.0/events`])
})

test('credentials still do not go over http:// to another machine', async t => {
  const { agent } = mock()
  const { api } = connect(t, { dispatcher: agent, baseUrl: 'http://lxd.example' })
  const authorization = 'Bearer geheim-0123456789'
  await assert.rejects(api.get({ headers: { authorization } }), /authorization must not go over http/)
})

test('what the dispatcher decides itself is refused beside it', () => {
  const { agent: dispatcher } = mock()
  const { cert, key } = makeCertificate({ name: 'client' })
  const baseUrl = 'https://lxd.example:8443'
  const cases: readonly [FactoryOptions, RegExp][] = [
    [{ dispatcher, socketPath: '/run/lxd.socket' }, /^socketPath: not beside dispatcher/],
    [{ dispatcher, baseUrl, cert, key }, /^cert, key: not beside dispatcher/],
    [{ dispatcher, baseUrl, fingerprint: 'ab'.repeat(32) }, /^fingerprint: not beside/],
    [{ dispatcher, baseUrl, token: 'geheim' }, /^token: not beside dispatcher/],
    [{ dispatcher, baseUrl, oidc: { onCode() {} } }, /^oidc: not beside dispatcher/],
    [{ dispatcher, baseUrl: 'http+unix://%2Frun%2Flxd.socket' }, /^baseUrl must begin with/],
    [{ dispatcher: {} as never }, /^dispatcher must be a Dispatcher of undici/],
  ]
  for (const [options, message] of cases)
    assert.throws(() => API.factory(options), { name: 'TypeError', message })
})
