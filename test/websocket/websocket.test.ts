import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import {
  APIConnectionException,
  type APIException,
  APIForbiddenException,
  APITimeoutException,
  APIWebSocket,
} from '../../src/index.ts'
import { failure, serve, sync, until } from '../servers/server.ts'
import { OPCODES, servePeers } from '../servers/websocket-peer.ts'

test('websocket() asks for an upgrade with the query and headers of the path, and sends no Origin', async t => {
  const { api, peers } = await servePeers(t)
  const path = api.with({ query: { project: 'web' }, headers: { authorization: 'Bearer abc' } })
  const socket = await path.path('events').websocket({ query: { type: 'lifecycle' } })
  const { url, headers } = peers[0]?.request ?? {}
  assert.equal(url, '/1.0/events?project=web&type=lifecycle')
  assert.equal(headers?.upgrade, 'websocket')
  assert.equal(headers?.authorization, 'Bearer abc')
  assert.equal(headers?.origin, undefined)
  assert.equal(socket.readyState, APIWebSocket.OPEN)
  assert.equal(socket.request.path, url)
  assert.equal(socket.response.statusCode, 101)
})

test('websocket() rejects with what the server said when it refuses', async t => {
  const { api } = await serve(t, failure(403, 'not authorized'))
  await assert.rejects(api.path('events').websocket({ query: { secret: 'abc' } }), (error: APIException) => {
    assert.ok(error instanceof APIForbiddenException)
    assert.equal(error.error, 'not authorized')
    assert.doesNotMatch(error.message, /abc/)
    return true
  })
})

test('websocket() rejects with the text of a refusal that is not JSON', async t => {
  const { api } = await serve(t, { status: 400, body: 'bad host' })
  await assert.rejects(api.path('events').websocket(), { name: 'APIException', error: 'bad host' })
})

test('websocket() rejects where the answer is no websocket, even one without end', async t => {
  const { api } = await serve(t, (_received, response) => {
    response.writeHead(200)
    response.write('for ever')
    return undefined
  })
  await assert.rejects(api.path('events').websocket(), {
    name: 'APIConnectionException',
    error: /answered HTTP 200/,
  })
})

test('websocket() rejects where nobody listens', async t => {
  const { api, server } = await serve(t, sync({}))
  server.close()
  await assert.rejects(api.path('events').websocket(), APIConnectionException)
})

test('websocket() rejects with APITimeoutException where nobody answers', async t => {
  const { api } = await serve(t, () => undefined)
  await assert.rejects(api.path('events').websocket({ idleTimeout: 0.1 }), APITimeoutException)
})

test('websocket() rejects with the reason of a signal that is aborted before, and while it opens', async t => {
  const { api, received } = await serve(t, () => undefined)
  const reason = new Error('enough')
  await assert.rejects(api.path('events').websocket({ signal: AbortSignal.abort(reason) }), reason)
  assert.equal(received.length, 0)
  const controller = new AbortController()
  const opening = api.path('events').websocket({ signal: controller.signal })
  await until(() => received.length === 1)
  controller.abort(reason)
  await assert.rejects(opening, reason)
})

test('a signal ends a websocket also later, and is what its iteration throws', async t => {
  const { api, peers } = await servePeers(t)
  const controller = new AbortController()
  const reason = new Error('enough')
  const socket = await api.path('events').websocket({ signal: controller.signal })
  const iteration = (async () => {
    for await (const message of socket) assert.fail(String(message))
  })()
  controller.abort(reason)
  await assert.rejects(iteration, reason)
  assert.equal(socket.failure, reason)
  await until(() => peers[0]?.socket.destroyed === true)
})

test('nothing is lost before somebody listens', async t => {
  const { api } = await servePeers(t, peer => peer.send('first'))
  const socket = await api.path('events').websocket()
  for (let turns = 0; turns < 50; turns++) await new Promise(resolve => setImmediate(resolve))
  socket.send('I am here')
  for await (const message of socket) {
    assert.equal(message, 'first')
    break
  }
})

test('messages are iterated over in order, text as text and all else as buffers', async t => {
  const { api } = await servePeers(t, peer => {
    peer.send('text')
    peer.send(Buffer.from([0, 255]))
    peer.close(1000)
  })
  const messages: unknown[] = []
  for await (const message of await api.path('events').websocket()) messages.push(message)
  assert.deepEqual(messages, ['text', Buffer.from([0, 255])])
})

test('a loop that is left closes the websocket', async t => {
  const { api, peers } = await servePeers(t, peer => peer.send('x'))
  const socket = await api.path('events').websocket()
  for await (const _ of socket) break
  await socket.closed
  await until(() => peers[0]?.socket.destroyed === true)
  assert.equal(socket.failure, undefined)
})

test('a connection that breaks is the failure of the websocket, and a close with a reason tells it', async t => {
  const { api, peers } = await servePeers(t)
  const broken = await api.path('events').websocket()
  peers[0]?.socket.destroy()
  await assert.rejects(async () => {
    for await (const message of broken) assert.fail(String(message))
  }, APIConnectionException)
  const told = await api.path('events').websocket()
  told.resume()
  peers[1]?.close(1011, 'no more room')
  await told.closed
  assert.match(String(told.failure), /no more room/)
})

test('the server waits for a reader that iterates slowly', async t => {
  const message = Buffer.alloc(64 * 1024)
  let sent = 0
  const { api } = await servePeers(t, peer => {
    const fill = () => {
      while (sent < 500) {
        sent += 1
        if (!peer.send(message)) return peer.socket.once('drain', fill)
      }
      return peer.send('end')
    }
    fill()
  })
  const socket = await api.path('events').websocket()
  let [read, most] = [0, 0]
  for await (const data of socket) {
    if (data === 'end') break
    read += 1
    most = Math.max(most, sent - read)
    await new Promise(resolve => setImmediate(resolve))
  }
  assert.equal(read, 500)
  assert.ok(most < 300, `${most} messages were on the way`)
})

test('send() resolves when there is room again', async t => {
  const { api, peers } = await servePeers(t)
  const socket = await api.path('events').websocket()
  const [peer] = peers
  peer?.socket.pause()
  const piece = Buffer.alloc(256 * 1024)
  let sent = 0
  const sending = (async () => {
    for (; sent < 100; sent++) await socket.send(piece)
  })()
  for (let turns = 0; turns < 500; turns++) await new Promise(resolve => setImmediate(resolve))
  assert.ok(sent < 50, `${sent} messages were taken`)
  peer?.socket.resume()
  await sending
  await until(() => peer?.of(OPCODES.binary).length === 100)
})

test('send() does not wait for ever on a websocket that ends', async t => {
  const { api, peers } = await servePeers(t)
  const socket = await api.path('events').websocket()
  peers[0]?.socket.pause()
  const sending = Promise.all(Array.from({ length: 50 }, () => socket.send(Buffer.alloc(256 * 1024))))
  socket.terminate()
  await sending
})

test('terminateWhenIdle() terminates a websocket whose server answers no ping, and no other', async t => {
  const { api, peers } = await servePeers(t, peer => {
    if (peer.request.url?.endsWith('alive')) peer.socket.on('data', () => peer.sendFrame(OPCODES.pong))
  })
  const alive = await api.path('alive').websocket()
  const silent = await api.path('silent').websocket()
  for (const socket of [alive, silent]) {
    socket.resume()
    socket.terminateWhenIdle(0.05)
  }
  await silent.closed
  assert.ok(silent.failure instanceof APITimeoutException)
  assert.equal(peers[1]?.of(OPCODES.ping).length, 1)
  await until(() => (peers[0]?.of(OPCODES.ping).length ?? 0) > 2)
  assert.equal(alive.readyState, APIWebSocket.OPEN)
})

test('close() leaves a server that does not say goodbye', async t => {
  const { api, peers } = await servePeers(t)
  const socket = await api.path('events').websocket()
  socket.close()
  await socket.closed
  assert.equal(peers[0]?.of(OPCODES.close).length, 1)
  assert.equal(socket.failure, undefined)
})

test('closing the API ends its websockets', async t => {
  const { api, root, peers } = await servePeers(t)
  const socket = await api.path('events').websocket()
  await root.close()
  await socket.closed
  await until(() => peers[0]?.socket.destroyed === true)
})

test('it is a WebSocket as others know it', async t => {
  const { api } = await servePeers(t, peer => peer.send('hello'))
  const socket = await api.path('events').websocket()
  const told = await new Promise(resolve => {
    socket.onmessage = ({ data }) => resolve(data)
  })
  assert.equal(told, 'hello')
  assert.equal(socket.binaryType, 'arraybuffer')
  socket.close()
  await once(socket as unknown as EventTarget & NodeJS.EventEmitter, 'close')
})
