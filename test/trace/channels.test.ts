import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type TestContext, test } from 'node:test'
import {
  APICancelledException,
  APIConnectionException,
  type CallMessage,
  type OperationMessage,
} from '../../src/index.ts'
import { connect, failure, type Reply, serve, started, sync } from '../servers/server.ts'
import { servePeers } from '../servers/websocket-peer.ts'

const STEPS = ['start', 'end', 'error'] as const

interface Told<Message> {
  readonly step: (typeof STEPS)[number]
  readonly message: Message
  /** As it was when it was published. */
  readonly copy: Message
}

function listen<Message>(t: TestContext, name: string): readonly Told<Message>[] {
  const told: Told<Message>[] = []
  for (const step of STEPS) {
    // Safe cast: the library publishes nothing else there.
    const note = (message: unknown): number =>
      told.push({ step, message: message as Message, copy: { ...(message as Message) } })
    subscribe(`lxdapi:${name}:${step}`, note)
    t.after(() => unsubscribe(`lxdapi:${name}:${step}`, note))
  }
  return told
}

const operation = (fields: object): Reply => sync({ id: '1', class: 'task', ...fields })

test('lxdapi:call tells of the start and the end of a call, with one object', async t => {
  const told = listen<CallMessage>(t, 'call')
  const { api } = await serve(t, sync(null))
  await api.instances.get({ query: { recursion: 1 } })
  const [first, second] = told
  assert.deepEqual(
    told.map(({ step }) => step),
    ['start', 'end'],
  )
  assert.deepEqual(first?.copy, { method: 'GET', path: '/1.0/instances?recursion=1' })
  assert.equal(second?.copy.status, 200)
  assert.ok(Number(second?.copy.milliseconds) > 0)
  assert.equal(first?.message, second?.message)
})

test('lxdapi:call tells of a refusal with its status, and of a connection without one', async t => {
  const told = listen<CallMessage>(t, 'call')
  const { api } = await serve(t, failure(404, 'Instance not found'))
  const refused = await api.instances.nope.get().catch((error: unknown) => error)
  const nobody = connect(t, { socketPath: '/nowhere/unix.socket' })
  await assert.rejects(nobody.api.get(), APIConnectionException)
  assert.deepEqual(
    told.map(({ step, copy }) => [step, copy.status]),
    [
      ['start', undefined],
      ['error', 404],
      ['start', undefined],
      ['error', undefined],
    ],
  )
  assert.equal(told[1]?.copy.error, refused)
})

test('lxdapi:call shows no secret of a path', async t => {
  const told = listen<CallMessage>(t, 'call')
  const { api } = await serve(t, sync(null))
  await api.operations.path('1', 'websocket').get({ query: { secret: 'geheim-0123456789' } })
  assert.equal(told.length, 2)
  assert.ok(!JSON.stringify(told).includes('geheim'), JSON.stringify(told))
})

test('lxdapi:call tells of the handshake of a websocket', async t => {
  const told = listen<CallMessage>(t, 'call')
  const { api } = await servePeers(t)
  const socket = await api.events.websocket()
  socket.terminate()
  assert.deepEqual(
    told.map(({ step, copy: { path, status } }) => [step, path, status]),
    [
      ['start', '/1.0/events', undefined],
      ['end', '/1.0/events', 101],
    ],
  )
})

test('lxdapi:operation tells of the start of an operation, and of its end once it was waited for', async t => {
  const told = listen<OperationMessage>(t, 'operation')
  const replies = [started(), operation({ status_code: 103 }), operation({ status_code: 200 })]
  const { api } = await serve(t, () => replies.shift())
  const result = await api.instances.web.state.put({ action: 'start' })
  assert.deepEqual(
    told.map(({ step, copy }) => [step, copy]),
    [['start', { id: '1', method: 'PUT', path: '/1.0/instances/web/state', description: undefined }]],
  )
  await result.wait()
  assert.equal(told.length, 2)
  assert.equal(told[1]?.step, 'end')
  assert.equal(told[1]?.copy.status, 200)
  assert.ok(Number(told[1]?.copy.milliseconds) > 0)
  assert.equal(told[1]?.message, told[0]?.message)
})

test('lxdapi:operation tells of a failure, but of none while the operation may be running', async t => {
  const told = listen<OperationMessage>(t, 'operation')
  const replies = [started(), operation({ status_code: 103 }), operation({ status_code: 401, err: '' })]
  const { api } = await serve(t, () => replies.shift())
  const result = await api.instances.web.delete()
  await assert.rejects(result.wait({ timeout: 0 }))
  assert.equal(told.length, 1)
  const cancelled = await result.wait().catch((error: unknown) => error)
  assert.ok(cancelled instanceof APICancelledException)
  assert.deepEqual(
    told.map(({ step, copy }) => [step, copy.status, copy.error]),
    [
      ['start', undefined, undefined],
      ['error', 401, cancelled],
    ],
  )
})
