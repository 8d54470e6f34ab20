import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { APIException, APIForbiddenException, type InstanceCondition, waitFor } from '../../../src/index.ts'
import {
  failure,
  type Received,
  type Reply,
  serve,
  started,
  sync,
  until,
  untilStill,
} from '../../servers/server.ts'
import { servePeers } from '../../servers/websocket-peer.ts'

const URL = '/1.0/instances/web'

function change(action: string, source: string): string {
  return JSON.stringify({ type: 'lifecycle', timestamp: '', metadata: { action, source } })
}

function reads(received: readonly Received[]): number {
  return received.filter(({ method, url }) => method === 'GET' && url.startsWith(URL)).length
}

test('waitFor() a status asks twice, and then once for each event that the instance has changed', async t => {
  let status = 'Stopped'
  const { api, peers, received } = await servePeers(t, undefined, () => sync({ name: 'web', status }))
  const waiting = waitFor(api.instances.web, { status: 'Running' }, { timeout: 60 })
  await until(() => reads(received) === 2)
  assert.equal(peers[0]?.request.url, '/1.0/events?type=lifecycle')
  for (const [action, source] of [
    ['instance-exec', URL],
    ['instance-file-retrieved', URL],
    ['instance-started', `${URL}2`],
    ['profile-updated', '/1.0/profiles/web'],
  ] as const)
    peers[0]?.send(change(action, source))
  assert.equal(await untilStill(() => reads(received)), 2)
  peers[0]?.send(change('instance-restored', `${URL}?project=default`))
  await until(() => reads(received) === 3)
  status = 'Running'
  peers[0]?.send(change('instance-started', URL))
  assert.equal((await waiting).metadata.status, 'Running')
  assert.equal(reads(received), 4)
  await until(() => peers[0]?.socket.destroyed === true)
})

test('waitFor() what holds already takes one request, and no events', async t => {
  const { api, peers, received } = await servePeers(t, undefined, () => sync({ status: 'Running' }))
  await waitFor(api.instances.web, { status: 'Running' })
  assert.deepEqual([received.length, peers.length], [1, 0])
})

test('waitFor() asks again and again where it may not receive events', async t => {
  const { api, received } = await serve(t, ({ url }) =>
    url.startsWith('/1.0/events')
      ? failure(403, 'not authorized')
      : sync({ status: reads(received) === 4 ? 'Running' : 'Stopped' }),
  )
  await waitFor(api.instances.web, { status: 'Running' }, { timeout: 60 })
  assert.equal(reads(received), 4)
})

test('waitFor() the agent of a virtual machine waits until the server can count its processes', async t => {
  let reading = 0
  const { api, received } = await servePeers(t, undefined, ({ url }) =>
    url.endsWith('/state')
      ? sync({ status: 'Running', processes: [-1, -1, 7][reading++] })
      : sync({ status: 'Running', type: 'virtual-machine' }),
  )
  const { metadata } = await waitFor(api.instances.web, { agent: true }, { timeout: 60 })
  assert.deepEqual([metadata.processes, reads(received)], [7, 6])
})

test('waitFor() what this client may not look up says so', async t => {
  const { api } = await serve(t, ({ method }) =>
    method === 'GET' ? sync({ status: 'Running' }) : failure(403, 'not authorized'),
  )
  const conditions: readonly InstanceCondition[] = [
    { file: '/x' },
    { command: ['true'] },
    { port: 80 },
    { cloudInit: true },
  ]
  for (const condition of conditions)
    await assert.rejects(waitFor(api.instances.web, condition), APIForbiddenException)
})

test('waitFor() a port says at once where nothing can look it up', async t => {
  const end = { id: '1', status_code: 400, err: 'Command not found', metadata: { return: 127 } }
  const { api } = await serve(t, ({ method, url }) => {
    if (method === 'POST') return started()
    return sync(url === URL ? { status: 'Running' } : end)
  })
  await assert.rejects(waitFor(api.instances.web, { port: 80 }), /has no grep.*wait for a command/)
})

test('waitFor() ends a request that is under way when its time is over, and tells what it waited for', async t => {
  let closed: Promise<unknown> = Promise.resolve()
  const { api } = await serve(t, (_received, response) => {
    closed = once(response, 'close')
    return undefined
  })
  const waiting = waitFor(api.instances.web, { status: 'Running' }, { timeout: 0.1 })
  await assert.rejects(waiting, (error: unknown) => {
    assert.ok(error instanceof APIException)
    assert.match(error.message, /^GET .*\/web \{"status":"Running"\} did not come about in 0\.1 s$/)
    return true
  })
  await closed
})

test('waitFor() ends at once when it is aborted between two requests, by its own signal or that of the path', async t => {
  const { api, received, peers } = await servePeers(t, undefined, () => sync({ status: 'Stopped' }))
  for (const isOfPath of [false, true]) {
    const before = reads(received)
    const controller = new AbortController()
    const { signal } = controller
    const reason = new Error('enough')
    const { web } = (isOfPath ? api.with({ signal }) : api).instances
    const waiting = waitFor(web, { status: 'Running' }, isOfPath ? {} : { signal })
    await until(() => reads(received) === before + 2)
    await untilStill(() => reads(received))
    controller.abort(reason)
    await assert.rejects(waiting, reason)
    await until(() => peers.every(({ socket }) => socket.destroyed))
  }
})

test('waitFor() refuses what is not one condition, before anything is sent', async t => {
  const { api, received } = await serve(t, (): Reply => sync({}))
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{}, /give one of status, address/],
    [{ nonsense: true }, /give one of status, address/],
    [{ status: 'Running', port: 80 }, /give one of status, address/],
    [{ agent: false }, /agent must be true/],
    [{ port: 0 }, /port must be an integer from 1/],
    [{ port: 65_536 }, /port must be an integer from/],
    [{ port: '80' }, /port must be an integer from/],
  ]
  for (const [condition, message] of wrong)
    await assert.rejects(waitFor(api.instances.web, condition as InstanceCondition), message)
  assert.deepEqual(received, [])
})
