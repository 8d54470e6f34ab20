import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { connect as connectTcp, createServer, type Server } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { type WebSocket, WebSocketServer } from 'ws'
import { type APIWebSocket, APIWebSocketStream } from '../../src/index.ts'
import { connect, listen, until } from '../servers/server.ts'

// The client of this library against the server of the package `ws`, which is checked against the Autobahn test suite.

/** A `ws` server behind a proxy that hands on a few bytes at a time, and a websocket to it. */
async function open(
  t: TestContext,
  onPeer: (peer: WebSocket) => void,
  sizes: readonly number[] = [65_536],
): Promise<APIWebSocket> {
  const http = createHttpServer()
  const server = new WebSocketServer({ server: http })
  server.on('connection', peer => {
    // What a peer sends is told to it by its own error where this side refuses it.
    peer.on('error', () => {})
    onPeer(peer)
  })
  t.after(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  const target = await listen(t, http)
  const { api } = connect(t, { baseUrl: await listen(t, splitting(Number(new URL(target).port), sizes)) })
  return api.path('events').websocket()
}

function splitting(port: number, sizes: readonly number[]): Server {
  return createServer(client => {
    const server = connectTcp(port, '127.0.0.1')
    client.on('error', () => server.destroy()).on('close', () => server.destroy())
    server.on('error', () => client.destroy()).on('close', () => client.end())
    client.pipe(server)
    let turn = 0
    server.on('data', async chunk => {
      server.pause()
      for (let at = 0; at < chunk.length; ) {
        const size = sizes[turn++ % sizes.length] ?? 1
        client.write(chunk.subarray(at, at + size))
        at += size
        await new Promise(resolve => setImmediate(resolve))
      }
      server.resume()
    })
  })
}

const data = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.uint8Array({ maxLength: 500, size: 'max' }).map(bytes => Buffer.from(bytes)),
  fc.uint8Array({ minLength: 65_000, maxLength: 66_000, size: 'max' }).map(bytes => Buffer.from(bytes)),
)

test('a ws server sends back whatever was sent, in order and as it was', async t => {
  const property = fc.asyncProperty(
    fc.array(data, { minLength: 1, maxLength: 8 }),
    fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 5 }),
    async (messages, sizes) => {
      const socket = await open(
        t,
        peer => peer.on('message', (message, isBinary) => peer.send(message, { binary: isBinary })),
        [...sizes, 65_536],
      )
      for (const message of messages) await socket.send(message)
      const back: (string | Buffer)[] = []
      for await (const message of socket) {
        back.push(message)
        if (back.length === messages.length) break
      }
      assert.deepEqual(back, messages)
    },
  )
  await fc.assert(property, { numRuns: 15 })
})

test('a message that a ws server sends in fragments, with pings in between, is one', async t => {
  const socket = await open(
    t,
    peer => {
      peer.send('one ', { fin: false })
      peer.ping('first')
      peer.send('two ', { fin: false })
      peer.ping('second')
      peer.send('three', { fin: true })
      peer.on('pong', payload => peer.send(`answered ${payload}`))
    },
    [1, 2, 3],
  )
  const messages: string[] = []
  for await (const message of socket) {
    messages.push(String(message))
    if (messages.length === 2) break
  }
  assert.deepEqual(messages, ['one two three', 'answered second'])
})

test('a ws server sees the code and the reason of close(), and its own come back', async t => {
  let told: unknown[] = []
  const socket = await open(t, peer => peer.on('close', (code, reason) => (told = [code, String(reason)])))
  const closed = once(socket as unknown as NodeJS.EventEmitter, 'close')
  socket.close(4001, 'enough')
  const [event] = await closed
  await until(() => told.length === 2)
  assert.deepEqual(told, [4001, 'enough'])
  assert.deepEqual([event.code, event.wasClean], [4001, true])
  assert.equal(socket.readyState, socket.CLOSED)
  assert.equal(socket.failure, undefined)
})

test('the code and the reason with which a ws server closes are told', async t => {
  const socket = await open(t, peer => peer.close(4002, 'no more room'))
  const closed = once(socket as unknown as NodeJS.EventEmitter, 'close')
  socket.resume()
  const [event] = await closed
  assert.deepEqual([event.code, event.reason, event.wasClean], [4002, 'no more room', true])
  assert.match(String(socket.failure), /no more room/)
})

test('text of a server that is not UTF-8 closes the websocket with 1007', async t => {
  let code = 0
  const socket = await open(t, peer => {
    peer.on('close', told => (code = told))
    peer.send(Buffer.from([0xc3, 0x28]), { binary: false })
  })
  await assert.rejects(async () => {
    for await (const message of socket) assert.fail(String(message))
  }, /not valid UTF-8/)
  await until(() => code !== 0)
  assert.equal(code, 1007)
})

test('4 MiB go through a stream to a ws server and back', async t => {
  const socket = await open(t, peer => {
    peer.on('message', (message, isBinary) => {
      peer.send(message, { binary: isBinary })
      if (!isBinary) peer.close(1000)
    })
  })
  const stream = new APIWebSocketStream(socket)
  const sent = Buffer.alloc(4 * 2 ** 20, 'lxdapi')
  stream.end(sent)
  assert.ok((await buffer(stream)).equals(sent))
})
