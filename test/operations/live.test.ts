import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  APINotFoundException,
  APIOperationException,
  events,
  type Path,
  type Progress,
} from '../../src/index.ts'
import {
  type Answer,
  connect,
  failure,
  type Received,
  type Reply,
  serve,
  started,
  sync,
  until,
} from '../servers/server.ts'
import { type Peer, servePeers } from '../servers/websocket-peer.ts'

const ID = '2d9c8a4e'
const URL = `/1.0/operations/${ID}`

function operation(fields: object): object {
  return { id: ID, class: 'task', status: 'Running', status_code: 103, err: '', metadata: null, ...fields }
}

function event(fields: object): string {
  return JSON.stringify({ type: 'operation', timestamp: '', metadata: operation(fields) })
}

function unexpected(value: unknown): never {
  assert.fail(String(value))
}

const DONE = { status: 'Success', status_code: 200 }

// Answers the wait for the operation when it is told to.
async function serveOperation(t: TestContext, wait: Promise<Reply>, onPeer?: (peer: Peer) => void) {
  const answer: Answer = ({ url }, response) => {
    if (!url.startsWith(`${URL}/wait`)) return started(URL)
    void wait.then(({ status = 200, json }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
    })
    return undefined
  }
  return servePeers(t, onPeer, answer)
}

test('onProgress is told by the events of this operation, each step once and forwards', async t => {
  let finish: (reply: Reply) => void = () => {}
  const done = new Promise<Reply>(resolve => {
    finish = resolve
  })
  const { api } = await serveOperation(t, done, peer => {
    const steps = [1, 3, 2, 3, 100].map(percent => ({
      metadata: { fs_progress: `c1: ${percent}% (1.00MB/s)` },
    }))
    peer.send(JSON.stringify({ type: 'operation', metadata: { ...operation(steps[4] ?? {}), id: 'other' } }))
    for (const step of steps) peer.send(event(step))
    peer.send(event(DONE))
    finish(sync(operation(DONE)))
  })
  const told: Progress[] = []
  const result = await api
    .path('instances')
    .post({})
    .wait({ onProgress: progress => told.push(progress) })
  assert.equal(result.metadata.status_code, 200)
  assert.deepEqual(
    told.map(({ percent }) => percent),
    [1, 3, 100],
  )
})

test('onProgress subscribes to the project of the operation, and leaves no connection', async t => {
  const { api, peers } = await servePeers(t, undefined, ({ url }) =>
    url.includes('/wait') ? sync(operation(DONE)) : started(`${URL}?project=web`),
  )
  await api.path('instances').post({}).wait({ onProgress: unexpected })
  assert.equal(peers[0]?.request.url, '/1.0/events?type=operation&project=web')
  await until(() => peers[0]?.socket.destroyed === true)
})

test('what onProgress throws ends the waiting', async t => {
  const { api, peers } = await serveOperation(t, new Promise(() => {}), peer =>
    peer.send(event({ metadata: { fs_progress: '1%' } })),
  )
  const error = new Error('no more')
  const waiting = api
    .path('instances')
    .post({})
    .wait({
      onProgress: () => {
        throw error
      },
    })
  await assert.rejects(waiting, error)
  await until(() => peers[0]?.socket.destroyed === true)
})

test('without events there is no progress, and the waiting goes on', async t => {
  const { api } = await serve(t, ({ url }) => {
    if (url.includes('/events')) return failure(403, 'not authorized')
    return url.includes('/wait') ? sync(operation(DONE)) : started(URL)
  })
  const { metadata } = await api.path('instances').post({}).wait({ onProgress: unexpected })
  assert.equal(metadata.status_code, 200)
})

test('a failed operation rejects with its words, with onProgress as without', async t => {
  const failed = { status: 'Failure', status_code: 400, err: 'no space' }
  const { api } = await serveOperation(t, Promise.resolve(sync(operation(failed))), peer =>
    peer.send(event(failed)),
  )
  const waiting = api.path('instances').post({}).wait({ onProgress: unexpected })
  await assert.rejects(waiting, { name: 'APIOperationException', error: 'no space' })
})

async function serveForgotten(t: TestContext, end: object): Promise<{ api: Path; peers: Peer[] }> {
  return servePeers(
    t,
    peer => peer.send(event(end)),
    ({ method }) => (method === 'POST' ? started(URL) : failure(404, 'Operation not found')),
  )
}

test('an operation that the server forgot is known from an event stream', async t => {
  const { api } = await serveForgotten(t, { ...DONE, metadata: { answer: 42 } })
  await using stream = await events(api, { type: 'operation' })
  await stream.next()
  const { metadata } = await api.path('instances').post({}).wait()
  assert.equal(metadata.metadata.answer, 42)
})

test('a failed operation that the server forgot is known to have failed', async t => {
  const { api } = await serveForgotten(t, { status: 'Failure', status_code: 400, err: 'no space' })
  await using stream = await events(api)
  await stream.next()
  await assert.rejects(api.path('instances').post({}).wait(), (error: APIOperationException) => {
    assert.ok(error instanceof APIOperationException)
    assert.equal(error.error, 'no space')
    return true
  })
})

test('an operation that was forgotten and not seen to end is APINotFoundException', async t => {
  const { api } = await serveForgotten(t, { status: 'Running', status_code: 103 })
  await using stream = await events(api)
  await stream.next()
  await assert.rejects(api.path('instances').post({}).wait(), APINotFoundException)
})

// Never answers a wait, and answers a cancellation as told.
async function serveEndless(t: TestContext, cancelled: Reply) {
  return serve(t, ({ method, url }) => {
    if (method === 'DELETE') return cancelled
    return url.includes('/wait') ? undefined : started(URL)
  })
}

async function abortWaiting(api: Path, received: readonly Received[], cancel?: 'on-abort'): Promise<unknown> {
  const controller = new AbortController()
  const waiting = api.path('images').post({}).wait({ signal: controller.signal, cancel })
  await until(() => received.some(({ url }) => url.includes('/wait')))
  controller.abort(new Error('enough'))
  return waiting.then(unexpected, (error: unknown) => error)
}

test("an abort cancels the operation with cancel: 'on-abort', and rejects with its reason", async t => {
  const { api, received } = await serveEndless(t, sync({}))
  assert.match(String(await abortWaiting(api, received, 'on-abort')), /enough/)
  assert.deepEqual(
    received.filter(({ method }) => method === 'DELETE').map(({ url }) => url),
    [URL],
  )
})

test('an abort leaves the operation alone unless asked', async t => {
  const { api, received } = await serveEndless(t, sync({}))
  assert.match(String(await abortWaiting(api, received)), /enough/)
  assert.ok(received.every(({ method }) => method !== 'DELETE'))
})

test('an abort rejects with its reason also where the server does not cancel; what it says is in the trace', async t => {
  const lines: string[] = []
  t.mock.method(process.stderr, 'write', (line: string) => lines.push(line))
  for (const refusal of [failure(400, "This operation can't be cancelled"), failure(404, 'not found')]) {
    const { received, origin } = await serveEndless(t, refusal)
    const { api } = connect(t, { baseUrl: origin, debug: true })
    assert.match(String(await abortWaiting(api, received, 'on-abort')), /^Error: enough$/)
    assert.equal(received.filter(({ method }) => method === 'DELETE').length, 1)
  }
  assert.match(lines.join(''), /DELETE \S+ HTTP\/400[\s\S]*can't be cancelled/)
})

test('the signal of a path that is aborted does not keep the operation from being cancelled', async t => {
  const { api, received } = await serveEndless(t, sync({}))
  const controller = new AbortController()
  const { signal } = controller
  const waiting = api.with({ signal }).path('images').post({}).wait({ signal, cancel: 'on-abort' })
  await until(() => received.some(({ url }) => url.includes('/wait')))
  controller.abort(new Error('enough'))
  await assert.rejects(waiting, /enough/)
  assert.ok(received.some(({ method }) => method === 'DELETE'))
})
