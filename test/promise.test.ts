import assert from 'node:assert/strict'
import { test } from 'node:test'
import { APIPromise, APIResult } from '../src/index.ts'
import { type Answer, serve, started, sync, until } from './servers/server.ts'

const SUCCESS = sync({ id: '1', class: 'task', status: 'Success', status_code: 200, err: '' })

test('a verb gives a promise of an APIResult', async t => {
  const { api } = await serve(t, sync(null))
  const call = api.get()
  assert.ok(call instanceof APIPromise && call instanceof Promise)
  assert.ok((await call) instanceof APIResult)
})

test('the request is on its way without anybody awaiting it', async t => {
  const { api, received } = await serve(t, sync(null))
  const call = api.get()
  await until(() => received.length === 1)
  await call
  await call
  assert.equal(received.length, 1)
})

test('wait() follows the operation, and resolves with its end', async t => {
  const answer: Answer = ({ method }) => (method === 'POST' ? started() : SUCCESS)
  const { api, received } = await serve(t, answer)
  const result = await api.instances.post({}).wait({ timeout: 5 })
  assert.equal(result.metadata.status, 'Success')
  assert.equal(received[1]?.url, '/1.0/operations/1/wait?timeout=5')
})

test('wait() rejects with the failure of the call', async t => {
  const { api, received } = await serve(t, { status: 404 })
  await assert.rejects(api.instances.post({}).wait(), { name: 'APINotFoundException' })
  assert.equal(received.length, 1)
})

test('what is derived of it is a plain promise', async t => {
  const { api } = await serve(t, sync(null))
  const call = api.get()
  for (const derived of [call.then(() => 1), call.catch(() => 1), call.finally(() => {}), call.wait()]) {
    assert.ok(derived instanceof Promise)
    assert.ok(!(derived instanceof APIPromise))
    await derived
  }
})

test('it goes together with all that works with promises', async t => {
  const { api } = await serve(t, sync('answer'))
  const all = await Promise.all([api.get(), api.get()])
  assert.deepEqual(
    all.map(({ metadata }) => metadata),
    ['answer', 'answer'],
  )
  assert.equal((await Promise.race([api.get()])).metadata, 'answer')
  const [settled] = await Promise.allSettled([api.get({ signal: AbortSignal.abort(5) })])
  assert.deepEqual(settled, { status: 'rejected', reason: 5 })
})
