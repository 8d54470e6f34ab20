import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, type TestContext, test } from 'node:test'
import { API, APIConnectionException, APIException } from '../../src/index.ts'
import { freePort } from '../daemon/free-port.ts'
import { runScript } from '../runner/run-script.ts'
import { type Answer, connect, failure, serve, started, sync, type TestServer } from '../servers/server.ts'

const hangUp: Answer = (_received, response) => void response.destroy()

async function nowhere(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`
}

async function pair(
  t: TestContext,
  first: Parameters<typeof serve>[1],
): Promise<[TestServer, TestServer, API['path']]> {
  const [a, b] = [await serve(t, first), await serve(t, sync('b'))]
  const { root } = connect(t, { baseUrl: [a.origin, b.origin] })
  return [a, b, root.path.bind(root)]
}

describe('of several servers', () => {
  test('the first that answers is used, and stays in use', async t => {
    const [a, b] = [await serve(t, sync('a')), await serve(t, sync('b'))]
    const { api } = connect(t, { baseUrl: [await nowhere(), a.origin, b.origin] })
    const results = [await api.get(), await api.get()]
    assert.deepEqual(
      results.map(({ metadata }) => metadata),
      ['a', 'a'],
    )
    assert.deepEqual(
      results.map(({ request }) => request.origin),
      [a.origin, a.origin],
    )
    assert.deepEqual([a.received.length, b.received.length], [2, 0])
  })

  test('the next takes over when the one in use is gone', async t => {
    const [a, b, path] = await pair(t, sync('a'))
    assert.equal((await path('1.0').get()).metadata, 'a')
    a.server.close()
    ;(a.server as import('node:http').Server).closeAllConnections()
    assert.equal((await path('1.0').get()).metadata, 'b')
    assert.equal((await path('1.0').post({ name: 'x' })).metadata, 'b')
    assert.equal(b.received.length, 2)
  })

  test('each is asked once, and then the last one’s failure is thrown', async t => {
    const urls = [await nowhere(), await nowhere(), await nowhere()]
    const { api } = connect(t, { baseUrl: urls })
    await assert.rejects(api.get(), (error: unknown) => {
      assert.ok(error instanceof APIConnectionException)
      assert.equal(error.request.origin, urls[2])
      assert.match(error.message, / \(as with all 3 servers; DEBUG=lxdapi shows each\)$/)
      return true
    })
    await assert.rejects(api.get(), APIConnectionException)
  })

  test('each is in the trace', async t => {
    const [dead, live] = [await nowhere(), await serve(t, sync('hello'))]
    const script = `await API.factory({ baseUrl: ['${dead}', '${live.origin}'] })['1.0'].get()`
    const { stderr } = await runScript(script, live.origin, { DEBUG: 'lxdapi' })
    assert.match(
      stderr,
      new RegExp(`GET ${dead}/1.0 failed: connect ECONNREFUSED.*\n(.*\n)*.*GET ${live.origin}/1.0 HTTP/200`),
    )
  })

  test('calls at the same time all move on together', async t => {
    const [a, b, path] = await pair(t, hangUp)
    const results = await Promise.all(Array.from({ length: 20 }, () => path('1.0').get()))
    assert.ok(results.every(({ metadata }) => metadata === 'b'))
    assert.equal(a.received.length, 20)
    assert.equal(b.received.length, 20)
  })

  test('the next is asked after an operation that was started on the first', async t => {
    const first: Answer = ({ method }, response) => (method === 'PUT' ? started() : void response.destroy())
    const done = sync({ id: '1', class: 'task', status: 'Success', status_code: 200, err: '' })
    const [a, b] = [await serve(t, first), await serve(t, done)]
    const { api } = connect(t, { baseUrl: [a.origin, b.origin] })
    const { metadata } = await api.instances.web.state.put({ action: 'start' }).wait()
    assert.equal(metadata.status_code, 200)
    assert.deepEqual(
      b.received.map(({ method, url }) => `${method} ${url}`),
      ['GET /1.0/operations/1/wait?timeout=30'],
    )
  })

  test('URLs of each are URLs of the API', async t => {
    const [a, b, path] = await pair(t, sync('a'))
    const api = path()
    assert.equal(String(api.forUrl(`${b.origin}/1.0/instances/web`)), '/1.0/instances/web')
    assert.equal(String(api.forUrl(`${a.origin}/1.0`)), '/1.0')
    assert.throws(() => api.forUrl('http://127.0.0.3:1/1.0'), TypeError)
  })
})

describe('what may have been carried out', () => {
  for (const verb of ['post', 'put', 'patch', 'delete'] as const) {
    test(`by ${verb}() is not sent to another server, and the exception says so`, async t => {
      const [a, b, path] = await pair(t, hangUp)
      await assert.rejects(path('1.0')[verb](), (error: unknown) => {
        assert.ok(error instanceof APIConnectionException)
        assert.equal(error.request.wasSent, true)
        assert.equal(error.request.origin, a.origin)
        return true
      })
      assert.deepEqual([a.received.length, b.received.length], [1, 0])
    })
  }

  for (const verb of ['get', 'head'] as const) {
    test(`by ${verb}() is, because it only reads`, async t => {
      const [a, b, path] = await pair(t, hangUp)
      assert.equal((await path('1.0')[verb]()).response.statusCode, 200)
      assert.deepEqual([a.received.length, b.received.length], [1, 1])
    })
  }

  test('is not sent again to a server that is the only one', async t => {
    const { api, received } = await serve(t, hangUp)
    await assert.rejects(api.get(), APIConnectionException)
    assert.equal(received.length, 1)
  })
})

describe('what was surely not carried out', () => {
  test('is sent to the next server, a stream whole', async t => {
    const b = await serve(t, sync('b'))
    const { api } = connect(t, { baseUrl: [await nowhere(), b.origin] })
    await api.images.post(Readable.from([Buffer.from('one '), Buffer.from('two')]))
    assert.equal(String(b.received[0]?.body), 'one two')
  })

  test('because the caller ended it is not sent', async t => {
    const [, b, path] = await pair(t, () => undefined)
    const controller = new AbortController()
    const call = path('1.0').get({ signal: controller.signal })
    controller.abort(new Error('enough'))
    await assert.rejects(call, /^Error: enough$/)
    assert.equal(b.received.length, 0)
  })
})

describe('a server that is shutting down', () => {
  test('is left for reading', async t => {
    const [, b, path] = await pair(t, failure(503, 'LXD is shutting down'))
    assert.equal((await path('1.0').get()).metadata, 'b')
    assert.equal(b.received.length, 1)
  })

  test('tells so of anything else, which is then sent to the next', async t => {
    const [a, b, path] = await pair(t, failure(503, 'LXD is shutting down'))
    await assert.rejects(path('1.0').post({}), { name: 'APIException', statusCode: 503 })
    assert.deepEqual([a.received.length, b.received.length], [1, 0])
  })

  test('tells so if there is no other', async t => {
    const { api } = await serve(t, failure(503, 'LXD is shutting down'))
    await assert.rejects(
      api.get(),
      (error: unknown) => error instanceof APIException && error.statusCode === 503,
    )
  })
})

test('any other answer is an answer', async t => {
  const [, b, path] = await pair(t, failure(500, 'broken'))
  await assert.rejects(path('1.0').get(), { name: 'APIException', error: 'broken' })
  assert.equal(b.received.length, 0)
})

test('API.factory() refuses a list without servers, and one with something else in it', () => {
  assert.throws(() => API.factory({ baseUrl: [] }), { message: 'baseUrl is an empty list' })
  assert.throws(() => API.factory({ baseUrl: ['https://127.0.0.1:8443', 'web'] }), {
    message: 'baseUrl is not a URL: web',
  })
})
