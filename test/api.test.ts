import assert from 'node:assert/strict'
import { test } from 'node:test'
import { API, ApiPath } from '../src/index.ts'
import { serve, sync } from './servers/server.ts'

test('the root is a path, frozen like any', async t => {
  const { root } = await serve(t, sync(null))
  assert.ok(root instanceof API && root instanceof ApiPath)
  assert.ok(Object.isFrozen(root))
  assert.equal(String(root), '')
})

test('index access on the root gives its versions, and then the rest', async t => {
  const { origin, received } = await serve(t, sync(null))
  await using api = API.factory({ baseUrl: origin })
  await api['1.0'].instances.get()
  assert.equal(received[0]?.url, '/1.0/instances')
})

test('the factory gives all calls their query, headers and timeout', async t => {
  const { api, received } = await serve(t, sync(null), {
    query: { project: 'web' },
    headers: { 'User-Agent': 'test', 'X-LXD-one': '1' },
    idleTimeout: 7,
    timeout: 8,
  })
  assert.equal(api.defaultTimeout, 8)
  const { request } = await api.instances.get()
  assert.equal(received[0]?.url, '/1.0/instances?project=web')
  assert.equal(received[0]?.headers['user-agent'], 'test')
  assert.equal(received[0]?.headers['x-incus-one'], '1')
  assert.equal(request.idleTimeout, 7)
})

test('a baseUrl is text or a URL, with a slash at its end or without', async t => {
  const { origin, received } = await serve(t, sync(null))
  for (const baseUrl of [origin, `${origin}/`, new URL(origin)]) {
    await using api = API.factory({ baseUrl })
    await api.path('1.0').get()
  }
  assert.deepEqual(
    received.map(({ url }) => url),
    ['/1.0', '/1.0', '/1.0'],
  )
})

test('the factory opens nothing', async t => {
  const { origin, server } = await serve(t, sync(null))
  let connections = 0
  server.on('connection', () => connections++)
  await API.factory({ baseUrl: origin }).close()
  assert.equal(connections, 0)
})

test('the factory refuses options that it does not know, and times that are none', () => {
  assert.throws(
    // @ts-expect-error: it is baseUrl
    () => API.factory({ baseURL: 'http://localhost' }),
    /^TypeError: API\.factory\(\): unknown option 'baseURL'; known are /,
  )
  for (const timeout of [0, -1, Number.NaN]) {
    for (const name of ['timeout', 'idleTimeout']) {
      const options = { baseUrl: 'http://localhost', [name]: timeout }
      assert.throws(() => API.factory(options), new RegExp(`API\\.factory\\(\\): ${name} must be`))
    }
  }
})

test('the factory refuses a baseUrl that names more or less than a server', () => {
  const refused = [
    '',
    'localhost',
    'localhost:8443',
    'ftp://localhost',
    'unix:///run/x',
    'http://localhost/1.0',
    'http://localhost?a=b',
    'http://localhost#a',
    'http://user@localhost',
    'http://:hunter2@localhost',
  ]
  for (const baseUrl of refused) {
    assert.throws(
      () => API.factory({ baseUrl }),
      (error: Error) => error instanceof TypeError && !/hunter2/.test(error.message),
      baseUrl,
    )
  }
})

test('the factory refuses what contradicts itself', () => {
  const baseUrl = 'https://localhost'
  assert.throws(
    () => API.factory({ baseUrl, socketPath: '/x' }),
    /^TypeError: Give socketPath or baseUrl, not both/,
  )
  assert.throws(() => API.factory({ socketPath: '' }), /^TypeError: socketPath is empty/)
  assert.throws(() => API.factory({ baseUrl, cert: 'a' }), /^TypeError: cert and key go together/)
  assert.throws(() => API.factory({ baseUrl, key: 'a' }), /^TypeError: cert and key go together/)
  assert.throws(() => API.factory({ socketPath: '/x', cert: 'a', key: 'b' }), TypeError)
  assert.throws(() => API.factory({ baseUrl: 'http://localhost', ca: 'a' }), TypeError)
})
