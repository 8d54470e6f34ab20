import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { events, present } from '../../src/index.ts'
import { printAs } from '../../src/redact/print-as.ts'
import { serve, sync } from '../servers/server.ts'
import { servePeers } from '../servers/websocket-peer.ts'

test('printAs() changes how an object is printed, and nothing else', () => {
  const object = { name: 'web', password: 'hunter2' }
  assert.equal(
    printAs(object, ({ name }) => ({ name })),
    object,
  )
  assert.equal(inspect(object), "{ name: 'web' }")
  assert.equal(JSON.stringify([object]), '[{"name":"web"}]')
  const plain = { name: 'web', password: 'hunter2' }
  assert.deepEqual(object, plain)
  assert.deepEqual(Object.entries(object), Object.entries(plain))
  assert.deepEqual({ ...object }, plain)
  assert.deepEqual(structuredClone(object), plain)
  printAs(object, () => 'printed again')
  assert.equal(inspect(object), 'printed again')
})

test('an outcome has the real values, and is a plain object to compare, copy and iterate', async t => {
  const { api } = await serve(t, sync({ name: 'web', config: { 'user.password': 'old' } }))
  const outcome = await present(
    api.path('profiles', 'web'),
    { config: { 'user.password': 'new' } },
    { check: true },
  )
  const difference = [{ path: ['config', 'user.password'], from: 'old', to: 'new' }]
  assert.deepEqual(outcome, { changed: true, result: outcome.result, difference })
  assert.deepEqual(Object.keys(outcome), ['changed', 'result', 'difference'])
  assert.deepEqual(
    [...outcome.difference].map(one => ({ ...one })),
    difference,
  )
  assert.deepEqual(structuredClone(outcome.difference), difference)
  const shown = [{ path: ['config', 'user.password'], from: '***', to: '***' }]
  const { difference: printed } = JSON.parse(JSON.stringify(outcome))
  assert.deepEqual(printed, shown)
  assert.equal(inspect(outcome.difference), inspect(shown))
})

test('an event has the real values, and is a plain object to compare and copy', async t => {
  const { api, peers } = await servePeers(t)
  const stream = await events(api)
  const fds = { 0: 'hunter2', control: 'hunter2' }
  const metadata = { id: '1', status_code: 200, metadata: { fds } }
  const told = { type: 'operation', timestamp: '', metadata }
  peers[0]?.send(JSON.stringify(told))
  const { value: event } = await stream.next()
  assert.deepEqual(event, told)
  assert.deepEqual({ ...event }, told)
  assert.deepEqual(structuredClone(event), told)
  const masked = { 0: '***', control: '***' }
  assert.deepEqual(JSON.parse(JSON.stringify(event)), {
    ...told,
    metadata: { ...metadata, metadata: { fds: masked } },
  })
  await stream.return()
})

test('an event that is no object ends no stream', async t => {
  const { api, peers } = await servePeers(t)
  const stream = await events(api)
  for (const message of ['5', '"text"', '[]', '{"metadata":[1]}']) {
    peers[0]?.send(message)
    const { value: event } = await stream.next()
    assert.deepEqual(event, JSON.parse(message))
  }
  await stream.return()
})

test('an operation that its server forgot is recalled from its event with all that it has', async t => {
  const { api, peers } = await servePeers(t, undefined, ({ url }) =>
    url === '/1.0/start'
      ? { status: 202, json: { type: 'async', operation: '/1.0/operations/1', metadata: { id: '1' } } }
      : { status: 404, json: { type: 'error', error: 'gone', error_code: 404 } },
  )
  const stream = await events(api)
  const metadata = { id: '1', class: 'task', status_code: 200, metadata: { secret: 'hunter2' } }
  peers[0]?.send(JSON.stringify({ type: 'operation', metadata }))
  await stream.next()
  const result = await api.path('start').post().wait()
  assert.deepEqual(JSON.parse(await result.text()).metadata, metadata)
  assert.doesNotMatch(inspect(result, { depth: 9 }) + JSON.stringify(result), /hunter2/)
  await stream.return()
})
