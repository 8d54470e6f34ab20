import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { APIException } from '../src/index.ts'
import { failure, type Reply, serve, started, sync } from './servers/server.ts'

test('a result has the transaction: request, response, data, metadata, etag', async t => {
  const { api, origin } = await serve(t, sync({ name: 'web' }, { ETag: 'abc' }))
  const result = await api.instances.path('web').get({ query: { recursion: 1 } })
  assert.equal(String(result.request), `GET ${origin}/1.0/instances/web?recursion=1`)
  assert.equal(result.response.statusCode, 200)
  assert.equal(result.response.headers['content-type'], 'application/json')
  assert.deepEqual(result.metadata, { name: 'web' })
  assert.equal((result.data as { type: string }).type, 'sync')
  assert.equal(result.etag, 'abc')
  assert.equal(result.body, undefined)
})

test('api is the root, with the defaults that the call had', async t => {
  const { api, received } = await serve(t, sync(null))
  const result = await api.with({ query: { project: 'web' } }).instances.get()
  assert.equal(String(result.api), '')
  await result.api.path('1.0', 'profiles').get()
  assert.equal(received[1]?.url, '/1.0/profiles?project=web')
})

test('a document without an envelope, as from a guest socket, is its own metadata', async t => {
  for (const json of [['/1.0/config/user.a'], { api_version: '1.0', type: 'container' }, null, 5, 'text']) {
    const { api } = await serve(t, { json })
    const { data, metadata } = await api.get()
    assert.deepEqual(data, json)
    assert.deepEqual(metadata, json)
  }
})

test('text(), bytes() and json() read a body', async t => {
  const { api } = await serve(t, { headers: { 'X-LXD-type': 'file' }, body: '{"a": "wéb"}' })
  assert.equal(await (await api.get()).text(), '{"a": "wéb"}')
  assert.deepEqual(await (await api.get()).bytes(), Buffer.from('{"a": "wéb"}'))
  assert.deepEqual(await (await api.get()).json(), { a: 'wéb' })
})

test('of a JSON answer text(), bytes() and json() give the document', async t => {
  const { api } = await serve(t, { json: { a: 1 } })
  const result = await api.get()
  assert.equal(await result.text(), '{"a":1}')
  assert.deepEqual(await result.bytes(), Buffer.from('{"a":1}'))
  assert.deepEqual(await result.json(), { a: 1 })
})

test('where there is neither a document nor a body, the text is empty', async t => {
  const { api } = await serve(t, { status: 204 })
  const result = await api.head()
  assert.equal(await result.text(), '')
  assert.equal((await result.bytes()).length, 0)
  assert.equal(await result.json(), undefined)
})

test('metadata that tells of a failure is one, as the original has it', async t => {
  const { api } = await serve(t, sync({ id: '1', status: 'Failure', status_code: 400, err: 'boom' }))
  await assert.rejects(api.operations.path('1').get(), { name: 'APIOperationException', error: 'boom' })
})

test('a status of an instance is no failure', async t => {
  for (const code of [102, 103, 110, 112]) {
    const { api } = await serve(t, sync({ name: 'web', status_code: code }))
    assert.equal((await api.get()).metadata.status_code, code)
  }
})

test('validate() gives the result back, or throws what the call threw', async t => {
  const good = await serve(t, sync(null))
  const bad = await serve(t, failure(409, 'already exists'))
  const result = await good.api.get()
  assert.equal(result.validate(), result)
  const error: unknown = await bad.api.get().catch(reason => reason)
  assert.ok(error instanceof APIException)
  assert.throws(() => error.result?.validate(), {
    name: 'APIConflictException',
    error: 'already exists',
    statusCode: 409,
  })
})

test('it is shown without secrets, and its properties have them', async t => {
  const reply = started()
  const json = { ...(reply.json as object), metadata: { metadata: { fds: { 0: 'hunter2' } } } }
  const { api, origin } = await serve(t, { ...reply, json })
  const result = await api.instances.web?.exec?.post({ command: ['ls'] })
  assert.equal(result?.metadata.metadata.fds[0], 'hunter2')
  for (const shown of [inspect(result), inspect({ result }, { depth: 9 }), JSON.stringify(result)]) {
    assert.doesNotMatch(shown, /hunter2/)
    assert.ok(shown.includes(`POST ${origin}/1.0/instances/web/exec`))
  }
})

test('an unread body is shown as unread, and stays so', async t => {
  const reply: Reply = { body: 'hunter2' }
  const { api } = await serve(t, reply)
  const result = await api.get()
  assert.match(inspect(result), /body: '<unread>'/)
  assert.equal(await result.text(), 'hunter2')
})
