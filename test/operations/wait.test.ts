import assert from 'node:assert/strict'
import { test } from 'node:test'
import { APINotFoundException, APIOperationException, APITimeoutException } from '../../src/index.ts'
import {
  FAILED,
  GONE,
  isWait,
  RUNNING,
  rejection,
  SUCCESS,
  serveOperation,
} from '../servers/operation-server.ts'
import { type Received, type Reply, serve, sync } from '../servers/server.ts'

test('an operation that succeeds gives its own result', async t => {
  const { received, start } = await serveOperation(t, { waits: [SUCCESS] })
  const result = await start().wait()
  assert.equal(result.metadata.status, 'Success')
  assert.deepEqual(received.map(show), ['POST /1.0/instances', 'GET /1.0/operations/1/wait?timeout=30'])
})

test('the query string of an operation URL stays behind /wait', async t => {
  const { received, start } = await serveOperation(t, {
    waits: [SUCCESS],
    url: '/1.0/operations/1?project=web',
  })
  await start().wait()
  assert.equal(received[1]?.url, '/1.0/operations/1/wait?project=web&timeout=30')
})

test('an operation that is forgotten before the wait is an APINotFoundException', async t => {
  const { start } = await serveOperation(t, { waits: [GONE], reads: [GONE] })
  const exception = await rejection(start().wait())
  assert.ok(exception instanceof APINotFoundException)
  assert.equal(exception.error, 'Operation not found')
})

test('an operation that is forgotten between two turns is an APINotFoundException', async t => {
  const { start } = await serveOperation(t, { waits: [RUNNING, GONE], reads: [GONE] })
  assert.ok((await rejection(start().wait())) instanceof APINotFoundException)
})

test('a connection that is cut in the middle of a wait is no outcome: the operation is read again', async t => {
  const { received, start } = await serveOperation(t, { waits: ['cut'], reads: [SUCCESS] })
  assert.equal((await start().wait()).metadata.status_code, 200)
  assert.deepEqual(received.map(show).slice(1), [
    'GET /1.0/operations/1/wait?timeout=30',
    'GET /1.0/operations/1',
  ])
})

test('a wait that is cut is taken up again while the operation runs', async t => {
  const { received, start } = await serveOperation(t, {
    waits: ['cut', 'cut', FAILED],
    reads: [RUNNING, RUNNING],
  })
  assert.ok((await rejection(start().wait())) instanceof APIOperationException)
  assert.equal(received.filter(isWait).length, 3)
})

test('a proxy that lost its server tells nothing of the operation', async t => {
  for (const status of [502, 503, 504]) {
    const proxy: Reply = { status, headers: { 'content-type': 'text/html' }, body: '<h1>Bad Gateway</h1>' }
    const { start } = await serveOperation(t, { waits: [proxy, SUCCESS], reads: [RUNNING] })
    assert.equal((await start().wait()).metadata.status_code, 200)
    const gone = await serveOperation(t, { waits: [proxy], reads: [GONE] })
    assert.ok((await rejection(gone.start().wait())) instanceof APINotFoundException)
  }
})

test('a result that is no operation is the result of its wait(), and nothing is sent', async t => {
  const { api, received } = await serve(t, sync({ name: 'web', status: 'Error', status_code: 112 }))
  const result = await api.get()
  assert.equal(await result.wait(), result)
  assert.equal((await api.put({}).wait()).metadata.name, 'web')
  assert.equal(received.length, 2)
})

test('what GET of an operation answers can be waited for, and one that has ended needs no wait', async t => {
  const { root, received } = await serveOperation(t, { waits: [SUCCESS], reads: [RUNNING, SUCCESS] })
  const operation = root.path('1.0', 'operations', '1')
  assert.equal((await operation.get().wait()).metadata.status_code, 200)
  assert.equal((await operation.get().wait()).metadata.status_code, 200)
  assert.equal(received.filter(isWait).length, 1)
})

test('the turns are bounded, and in the whole seconds that servers count', async t => {
  const asked = async (timeout?: number): Promise<unknown> => {
    const { received, start } = await serveOperation(t, { waits: [SUCCESS] })
    await start().wait({ timeout })
    return received[1]?.url.split('?')[1]
  }
  assert.equal(await asked(), 'timeout=30')
  assert.equal(await asked(90), 'timeout=30')
  assert.equal(await asked(Number.POSITIVE_INFINITY), 'timeout=30')
  assert.equal(await asked(1e9), 'timeout=30')
  assert.equal(await asked(5), 'timeout=5')
  assert.equal(await asked(1.2), 'timeout=2')
  assert.equal(await asked(0.01), 'timeout=1')
  assert.equal(await asked(0), 'timeout=0')
})

test('a server that does not answer the wait in time is an APITimeoutException', async t => {
  const { start } = await serveOperation(t, { waits: ['hold'] })
  const exception = await rejection(start().wait({ timeout: 0.05 }))
  assert.ok(exception instanceof APITimeoutException)
  assert.match(exception.message, /The operation is still running after 0\.05 s; it goes on$/)
})

test('a server that answers every turn at once is not asked in a hot loop', async t => {
  const { received, start } = await serveOperation(t, { waits: [] })
  assert.ok((await rejection(start().wait({ timeout: 1 }))) instanceof APITimeoutException)
  assert.ok(received.filter(isWait).length < 20, `${received.length} requests`)
})

test('wait() refuses wrong options', async t => {
  const { start } = await serveOperation(t, { waits: [SUCCESS] })
  const result = await start()
  await assert.rejects(result.wait({ timeout: -1 }), /^TypeError: wait\(\): timeout must be/)
  // @ts-expect-error: it is `timeout`
  await assert.rejects(result.wait({ seconds: 1 }), /^TypeError: wait\(\): unknown option 'seconds'/)
})

test('a signal that is aborted already ends the wait before anything is sent', async t => {
  const { received, start } = await serveOperation(t, { waits: [SUCCESS] })
  const reason = new Error('enough')
  await assert.rejects((await start()).wait({ signal: AbortSignal.abort(reason) }), reason)
  assert.equal(received.length, 1)
})

test('a signal ends the wait with its reason, and leaves the operation alone', async t => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const { received, start } = await serveOperation(t, {
    waits: ['hold'],
    onWait: () => controller.abort(reason),
  })
  await assert.rejects(start().wait({ signal: controller.signal }), reason)
  assert.deepEqual(
    received.map(({ method }) => method),
    ['POST', 'GET'],
  )
})

test('wait() keeps the defaults of the path that it started on', async t => {
  const { root, received } = await serveOperation(t, { waits: [SUCCESS] })
  const web = root.path('1.0').with({ query: { project: 'web' }, headers: { 'X-One': '1' } })
  await web.path('instances').post({}).wait()
  assert.equal(received[1]?.url, '/1.0/operations/1/wait?project=web&timeout=30')
  assert.equal(received[1]?.headers['x-one'], '1')
})

function show({ method, url }: Received): string {
  return `${method} ${url}`
}
