import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { type TestContext, test } from 'node:test'
import {
  APIConnectionException,
  type APIWebSocket,
  APIWebSocketStream,
  type WebSocketStreamOptions,
} from '../../src/index.ts'
import type { MessageReceiver } from '../../src/websocket/messages.ts'
import { until, untilStill } from '../servers/server.ts'
import { OPCODES, type Peer, servePeers } from '../servers/websocket-peer.ts'

async function open(
  t: TestContext,
  onPeer?: (peer: Peer) => void,
  options?: WebSocketStreamOptions & { readonly signal?: AbortSignal },
): Promise<{ stream: APIWebSocketStream; peer: Peer }> {
  const { api, peers } = await servePeers(t, onPeer)
  const socket = await api.path('operations', '1', 'websocket').websocket({ signal: options?.signal })
  // Safe cast: it is open.
  return { stream: new APIWebSocketStream(socket, options), peer: peers[0] as Peer }
}

test('binary messages are data, and any text is the end', async t => {
  const { stream } = await open(t, peer => {
    peer.send(Buffer.from('some '))
    peer.send(Buffer.from('output'))
    peer.send('')
    peer.socket.destroySoon()
  })
  assert.equal(await text(stream), 'some output')
})

test('a close in order is an end too', async t => {
  const { stream } = await open(t, peer => {
    peer.send(Buffer.from('all'))
    peer.close(1000)
  })
  assert.equal(await text(stream), 'all')
})

test('a close with a code that tells of a failure is an error for who reads, however much came before', async t => {
  const { stream } = await open(t, peer => {
    peer.send(Buffer.from('half of it'))
    peer.close(1011, 'internal error')
  })
  await assert.rejects(text(stream), (error: unknown) => {
    assert.ok(error instanceof APIConnectionException)
    assert.match(error.message, /The server closed the websocket: internal error/)
    return true
  })
})

test('a connection that breaks before the end is an error for who reads', async t => {
  const { stream } = await open(t, peer => {
    peer.send(Buffer.from('not all'))
    peer.socket.destroySoon()
  })
  await assert.rejects(text(stream), APIConnectionException)
})

test('a connection that breaks is no uncaught error for who does not read', async t => {
  const { stream } = await open(t, peer => peer.socket.destroySoon())
  await until(() => stream.closed)
  assert.ok(stream.errored instanceof APIConnectionException)
})

test('an abort is no uncaught error for who only listens for data, or pipes, and the stream keeps its reason', async t => {
  const controller = new AbortController()
  const send = (peer: Peer): unknown => peer.send(Buffer.from('some'))
  const [listened, piped] = await Promise.all([
    open(t, send, { signal: controller.signal }),
    open(t, send, { signal: controller.signal }),
  ])
  const target = new PassThrough()
  const reading = [once(listened.stream, 'data'), once(target, 'data')]
  piped.stream.pipe(target)
  await Promise.all(reading)
  const reason = new Error('enough')
  controller.abort(reason)
  for (const { stream } of [listened, piped]) {
    await until(() => stream.closed)
    assert.equal(stream.errored, reason)
    await assert.rejects(text(stream), reason)
  }
})

test('a connection that breaks is no uncaught error for who only listens for data, and told to who pipelines', async t => {
  const send = (peer: Peer): unknown => peer.send(Buffer.from('some'))
  const [listened, piped] = await Promise.all([open(t, send), open(t, send)])
  const target = new PassThrough()
  const told = assert.rejects(pipeline(piped.stream, target), APIConnectionException)
  await Promise.all([once(listened.stream, 'data'), once(target, 'readable')])
  for (const { peer } of [listened, piped]) peer.socket.destroy()
  await until(() => listened.stream.closed)
  assert.ok(listened.stream.errored instanceof APIConnectionException)
  await told
})

test('what has arrived can still be read after the connection has ended', async t => {
  const { stream } = await open(t, peer => {
    peer.send(Buffer.from('late'))
    peer.send('')
    peer.socket.destroySoon()
  })
  for (let turns = 0; turns < 100; turns++) await new Promise(resolve => setImmediate(resolve))
  assert.equal(await text(stream), 'late')
})

test('ending it tells the server so with an empty text, after all that was written', async t => {
  const { stream, peer } = await open(t, undefined, { readable: false })
  const data = Buffer.alloc(1_000_000, 'x')
  stream.write('first ')
  stream.end(data)
  await until(() => peer.texts.length === 1)
  assert.deepEqual(peer.texts, [''])
  assert.deepEqual(Buffer.concat(peer.of(OPCODES.binary)), Buffer.concat([Buffer.from('first '), data]))
  assert.ok(peer.of(OPCODES.binary).every(({ length }) => length <= 128 * 1024))
  await until(() => stream.closed)
})

test('every byte value goes both ways', async t => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  const { stream, peer } = await open(t)
  stream.write(all)
  await until(() => peer.of(OPCODES.binary).length === 1)
  peer.send(peer.of(OPCODES.binary)[0] ?? '')
  peer.send('')
  peer.close(1000)
  assert.deepEqual(await buffer(stream), all)
})

test('a stream that only reads sends no pong, which would break a connection that the server has closed', async t => {
  const served = await servePeers(t, peer => {
    peer.sendFrame(OPCODES.ping, Buffer.from('keepalive'))
    peer.send(Buffer.from('x'))
  })
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const stream = new APIWebSocketStream(await served.api.path('socket').websocket(), { writable: false })
  await once(stream, 'readable')
  t.mock.timers.tick(60_000)
  const [peer] = served.peers
  await untilStill(() => peer?.frames.length ?? 0)
  assert.deepEqual(peer?.of(OPCODES.pong), [])
})

test('a ping is answered with what it held', async t => {
  const { stream, peer } = await open(t, peer => {
    peer.sendFrame(OPCODES.ping, Buffer.from('keepalive'))
    peer.send(Buffer.from('x'))
  })
  await once(stream, 'readable')
  await until(() => peer.of(OPCODES.pong).length === 1)
  assert.deepEqual(peer.of(OPCODES.pong).map(String), ['keepalive'])
})

test('a ping of a server that has left takes nothing away from what it wrote before', async t => {
  const piece = Buffer.alloc(64 * 1024, 'x')
  for (let times = 0; times < 20; times++) {
    const { stream } = await open(t, peer => {
      for (let n = 0; n < 8; n++) {
        peer.sendFrame(OPCODES.ping, Buffer.from('keepalive'))
        peer.send(piece)
      }
      peer.send('')
      peer.socket.destroySoon()
    })
    let bytes = 0
    for await (const chunk of stream) bytes += chunk.length
    assert.equal(bytes, 8 * piece.length)
  }
})

test('the server waits for a reader', async t => {
  const piece = Buffer.alloc(64 * 1024)
  let sent = 0
  const { stream } = await open(t, peer => {
    const fill = () => {
      while (sent < 500) {
        sent += 1
        if (!peer.send(piece)) return peer.socket.once('drain', fill)
      }
      peer.send('')
      return peer.socket.end()
    }
    fill()
  })
  let [read, most] = [0, 0]
  for await (const chunk of stream) {
    read += chunk.length
    most = Math.max(most, sent * piece.length - read)
    await new Promise(resolve => setImmediate(resolve))
  }
  assert.equal(read, 500 * piece.length)
  assert.ok(most < 16 * 1024 * 1024, `${most} bytes were on the way`)
})

test('a writer waits for the server', async t => {
  const { stream, peer } = await open(t, undefined, { readable: false })
  peer.socket.pause()
  const piece = Buffer.alloc(256 * 1024)
  let given = 0
  const source = function* (): Generator<Buffer> {
    for (; given < 200; given++) yield piece
  }
  const writing = pipeline(source(), stream)
  for (let turns = 0; turns < 500; turns++) await new Promise(resolve => setImmediate(resolve))
  assert.ok(given < 60, `${given} pieces were taken`)
  peer.socket.resume()
  await writing
  assert.equal(given, 200)
})

test('a server that closes the way in ends a pipeline into it', async t => {
  const { stream } = await open(t, peer => peer.close(1000), { readable: false })
  const endless = function* (): Generator<Buffer> {
    for (;;) yield Buffer.alloc(1024)
  }
  await assert.rejects(pipeline(endless(), stream), { code: 'ERR_STREAM_PREMATURE_CLOSE' })
})

test('destroying it closes the websocket, and an abort destroys it with its reason', async t => {
  const { stream, peer } = await open(t)
  stream.destroy()
  await until(() => peer.socket.destroyed)
  const controller = new AbortController()
  const reason = new Error('enough')
  const other = await open(t, undefined, { signal: controller.signal })
  const reading = text(other.stream)
  controller.abort(reason)
  await assert.rejects(reading, reason)
})

test('after an abort it fails with the reason, though the server says that it is complete before it is gone', async () => {
  const reason = new Error('enough')
  const told = { listener: undefined as MessageReceiver | undefined, failure: undefined as unknown }
  let close = (): void => {}
  const closed = new Promise<void>(resolve => {
    close = resolve
  })
  const socket = {
    get failure() {
      return told.failure
    },
    closed,
    receive: (listener: MessageReceiver) => {
      told.listener = listener
    },
    pause: () => {},
    resume: () => {},
    terminate: () => {},
    ignorePings: () => {},
  }
  // Safe cast: reading uses nothing else of a websocket. A real server can't be made to send at this very moment.
  const stream = new APIWebSocketStream(socket as unknown as APIWebSocket, { writable: false })
  const reading = text(stream)
  told.failure = reason
  told.listener?.onBegin(true)
  close()
  await assert.rejects(reading, reason)
})
