import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  API,
  APIConnectionException,
  APIForbiddenException,
  APITimeoutException,
  type EventsOptions,
  events,
} from '../../src/index.ts'
import { failure, serve, until, untilStill } from '../servers/server.ts'
import { OPCODES, type Peer, servePeers } from '../servers/websocket-peer.ts'

function lifecycle(n: number): string {
  return JSON.stringify({ type: 'lifecycle', timestamp: '', metadata: { action: 'x', source: `/1.0/${n}` } })
}

async function open(t: TestContext, options?: EventsOptions, onPeer?: (peer: Peer) => void) {
  const { api, peers } = await servePeers(t, onPeer)
  return { api, peers, stream: await events(api, options) }
}

test('events() asks for types and project, and is subscribed when it resolves', async t => {
  const { api, peers, stream } = await open(t, { type: ['operation', 'lifecycle'], project: 'web' })
  assert.equal(peers[0]?.request.url, '/1.0/events?type=operation%2Clifecycle&project=web')
  await using all = await events(api.with({ query: { project: 'web' } }), { allProjects: true })
  assert.ok(all)
  assert.equal(peers[1]?.request.url, '/1.0/events?all-projects=true')
  await stream.return()
})

test('events come in order, and leaving the loop closes the connection', async t => {
  const { stream, peers } = await open(t, {}, peer => {
    for (let n = 0; n < 3; n++) peer.send(lifecycle(n))
  })
  const sources: unknown[] = []
  for await (const event of stream) {
    if (event.type === 'lifecycle') sources.push(event.metadata.source)
    if (sources.length === 3) break
  }
  assert.deepEqual(sources, ['/1.0/0', '/1.0/1', '/1.0/2'])
  await until(() => peers[0]?.socket.destroyed === true)
  assert.deepEqual(await stream.next(), { done: true, value: undefined })
})

test('for await takes events() as it is, and a throw in the loop closes the connection', async t => {
  const { api, peers } = await servePeers(t, peer => peer.send(lifecycle(1)))
  const error = new Error('no more')
  await assert.rejects(async () => {
    for await (const _ of events(api)) throw error
  }, error)
  await until(() => peers[0]?.socket.destroyed === true)
})

test('an abort ends the loop with its reason, and the connection', async t => {
  const controller = new AbortController()
  const { stream, peers } = await open(t, { signal: controller.signal })
  const reason = new Error('enough')
  const next = stream.next()
  controller.abort(reason)
  await assert.rejects(next, reason)
  assert.deepEqual(await stream.next(), { done: true, value: undefined })
  await until(() => peers[0]?.socket.destroyed === true)
})

test('a connection that is lost is made again, with a gap in between', async t => {
  const { stream, peers } = await open(t)
  peers[0]?.send(lifecycle(1))
  peers[0]?.socket.destroySoon()
  await until(() => peers.length === 2)
  peers[1]?.send(lifecycle(2))
  const told = [await stream.next(), await stream.next(), await stream.next()].map(({ value }) => value)
  assert.deepEqual(
    told.map(event => event?.type),
    ['lifecycle', 'gap', 'lifecycle'],
  )
  const [, gap] = told
  assert.ok(gap?.type === 'gap')
  assert.ok(gap.metadata.reason instanceof APIConnectionException)
  assert.ok(gap.metadata.since <= gap.timestamp)
  await stream.return()
})

test('a server that leaves in order is gone as well', async t => {
  const { stream, peers } = await open(t)
  peers[0]?.close(1001)
  const { value } = await stream.next()
  assert.ok(value?.type === 'gap')
  assert.equal(value.metadata.reason, undefined)
  await stream.return()
})

test('a server that does not come back is an exception, after what came before', async t => {
  const { stream, peers, ...rest } = await openOnce(t)
  peers[0]?.send(lifecycle(1))
  rest.server.close()
  peers[0]?.socket.destroySoon()
  assert.equal((await stream.next()).value?.type, 'lifecycle')
  await assert.rejects(stream.next(), APIConnectionException)
})

async function openOnce(t: TestContext) {
  const served = await servePeers(t)
  return { ...served, stream: await events(served.api, { reconnectTimeout: 0.2 }) }
}

test('a server that takes no more subscriptions is an exception at once', async t => {
  const { stream, server, peers } = await openOnce(t)
  server.removeAllListeners('upgrade')
  server.removeAllListeners('request')
  server.on('request', (_request, response) => {
    response.writeHead(403, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ type: 'error', error: 'not authorized', error_code: 403 }))
  })
  peers[0]?.socket.destroy()
  await assert.rejects(stream.next(), APIForbiddenException)
})

test('events() rejects where the server refuses', async t => {
  const { api } = await serve(t, failure(403, 'not authorized'))
  await assert.rejects(async () => {
    for await (const event of events(api)) assert.fail(event.type)
  }, APIForbiddenException)
})

test('a server that went silent is noticed', async t => {
  const { stream, peers } = await open(t, { idleTimeout: 0.05 })
  const { value } = await stream.next()
  assert.ok(value?.type === 'gap')
  assert.match(String(value.metadata.reason), /silent for 0.05 s/)
  assert.equal(peers[0]?.of(OPCODES.ping).length, 1)
  await stream.return()
})

test('a handshake that stalls is given up long before the idle timeout of a subscription, at first and when reconnecting', async t => {
  const { api, server, peers } = await servePeers(t)
  const options = { idleTimeout: Number.POSITIVE_INFINITY, reconnectTimeout: 0.01 }
  const stream = await events(api.with({ idleTimeout: 0.1 }), options)
  server.removeAllListeners('upgrade')
  server.on('upgrade', () => {})
  peers[0]?.socket.destroy()
  await assert.rejects(stream.next(), APITimeoutException)
  await assert.rejects(async () => {
    await events(api.with({ idleTimeout: 0.1 }), options)
  }, APITimeoutException)
})

test('what is not JSON ends that connection', async t => {
  const { stream, peers } = await open(t)
  peers[0]?.send('{')
  const { value } = await stream.next()
  assert.ok(value?.type === 'gap')
  assert.match(String(value.metadata.reason), /not valid JSON/)
  await stream.return()
})

test('the server waits for a loop that takes its time, and no event is lost by it', async t => {
  let sent = 0
  const padding = ' '.repeat(1000)
  const { stream } = await open(t, {}, peer => {
    const fill = () => {
      while (sent < 20_000)
        if (!peer.send(lifecycle(sent++) + padding)) return peer.socket.once('drain', fill)
      return undefined
    }
    fill()
  })
  let most = 0
  let n = 0
  for await (const event of stream) {
    assert.ok(event.type === 'lifecycle')
    assert.equal(event.metadata.source, `/1.0/${n}`)
    n += 1
    most = Math.max(most, sent - n)
    if (n % 100 === 0) await new Promise(resolve => setImmediate(resolve))
    if (n === 20_000) break
  }
  assert.ok(most < 12_000, `${most} events were on the way`)
})

test('the server waits also where it is a gap that fills what is kept', async t => {
  let [connections, sent] = [0, 0]
  const padding = ' '.repeat(1000)
  const { peers } = await open(t, {}, peer => {
    const fill = () => {
      while (sent < 50_000)
        if (!peer.send(lifecycle(sent++) + padding)) return peer.socket.once('drain', fill)
      return undefined
    }
    connections += 1
    if (connections > 1) return fill()
    for (let n = 0; n < 1023; n++) peer.send(lifecycle(n))
    return peer.socket.destroySoon()
  })
  await until(() => peers.length === 2)
  assert.ok((await untilStill(() => sent)) < 12_000, `${sent} events were sent`)
})

test('several may wait for the next event', async t => {
  const { stream, peers } = await open(t)
  const both = Promise.all([stream.next(), stream.next()])
  peers[0]?.send(lifecycle(1))
  peers[0]?.send(lifecycle(2))
  assert.deepEqual(
    (await both).map(({ value }) => value?.type),
    ['lifecycle', 'lifecycle'],
  )
  await stream.return()
})

test('closing the API ends the loop', async t => {
  const { origin, peers } = await servePeers(t)
  const api = API.factory({ baseUrl: origin })
  const stream = await events(api)
  const next = stream.next()
  await api.close()
  assert.deepEqual(await next, { done: true, value: undefined })
  await until(() => peers[0]?.socket.destroyed === true)
})

test('an unknown option is refused', async t => {
  const { api } = await servePeers(t)
  await assert.rejects(async () => {
    await events(api, { types: 'lifecycle' } as EventsOptions)
  }, /unknown option 'types'/)
})
