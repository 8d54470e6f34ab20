import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { APICancelledException, APIOperationException } from '../../src/index.ts'
import { CANCELLED, FAILED, rejection } from '../servers/operation-server.ts'
import { type Reply, serve, started, sync, type TestServer } from '../servers/server.ts'

function serveFailure(t: Parameters<typeof serve>[0], failed: Reply = FAILED): Promise<TestServer> {
  return serve(t, ({ method }) => (method === 'GET' ? failed : started()))
}

test('a failed operation says which call started it, and has the answer to that call', async t => {
  const { api, origin } = await serveFailure(t)
  const call = api.instances.web.state.put({ action: 'start' }, { query: { project: 'p' } })
  const error = await rejection(call.wait())
  assert.ok(error instanceof APIOperationException)
  assert.equal(
    error.message,
    `GET ${origin}/1.0/operations/1/wait?timeout=30 no such image (PUT /1.0/instances/web/state?project=p)`,
  )
  assert.equal(error.error, 'no such image')
  assert.equal(error.started, await call)
  assert.equal(error.operation?.id, '1')
  assert.ok(error.stack?.startsWith(`APIOperationException: ${error.message}\n`))
})

test('of a command it says the first word, and never its arguments or its environment', async t => {
  const { api } = await serveFailure(t)
  for (const [command, shown] of [
    [['nosuch', '--password=hunter2'], 'nosuch'],
    [['nosuch --token hunter2'], 'nosuch'],
    [['password=hunter2'], 'password=***'],
  ] as const) {
    const environment = { PASSWORD: 'hunter2' }
    const error = await rejection(api.instances.web.exec.post({ command, environment }).wait())
    assert.ok(error.message.endsWith(` (POST /1.0/instances/web/exec: ${shown})`), error.message)
  }
})

test('a call whose command is of no such form is shown without it', async t => {
  const { api } = await serveFailure(t)
  for (const body of [{ command: 'hunter2' }, { command: [] }, ['hunter2'], 'hunter2']) {
    const error = await rejection(api.instances.web.exec.post(body).wait())
    assert.ok(error.message.endsWith(' (POST /1.0/instances/web/exec)'), error.message)
  }
})

test('the call that started it is not printed, nor are the secrets in its URL', async t => {
  const { api } = await serveFailure(t)
  const query = { secret: 'hunter2' }
  const error = await rejection(api.images.post({ config: { password: 'hunter2' } }, { query }).wait())
  assert.match(error.message, / \(POST \/1\.0\/images\?secret=\*\*\*\)$/)
  for (const shown of [
    inspect(error, { depth: 20, customInspect: false }),
    String(error.stack),
    JSON.stringify(error),
  ])
    assert.doesNotMatch(shown, /hunter2/)
  assert.ok(!Object.keys(error).includes('started'))
})

test('a cancelled operation says so too', async t => {
  const { api } = await serveFailure(t, CANCELLED)
  const error = await rejection(api.instances.web.delete().wait())
  assert.ok(error instanceof APICancelledException)
  assert.match(error.message, / \(DELETE \/1\.0\/instances\/web\)$/)
  assert.equal(error.started?.request.method, 'DELETE')
})

test('of an operation that was only read nobody knows what started it', async t => {
  const running = sync({ id: '1', class: 'task', status: 'Running', status_code: 103, err: '' })
  const { api } = await serve(t, ({ url }) => (url.includes('/wait') ? FAILED : running))
  const error = await rejection(api.operations.path('1').get().wait())
  assert.ok(error instanceof APIOperationException)
  assert.match(error.message, / no such image$/)
  assert.equal(error.started, undefined)
})
