import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { type TestContext, test } from 'node:test'
import {
  APIConnectionException,
  type APIException,
  APIForbiddenException,
  APITimeoutException,
  type FactoryOptions,
} from '../../src/index.ts'
import { runScript } from '../runner/run-script.ts'
import { connect, failure, listen, serve, until } from '../servers/server.ts'

interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
}

/** A server that agrees to every upgrade, and sends `greeting` in one piece with its answer. */
async function serveUpgrades(t: TestContext, greeting = '', options: FactoryOptions = {}) {
  const served = await serve(t, { status: 404 }, options)
  const upgrades: Upgrade[] = []
  served.server.on('upgrade', (request, socket) => {
    // The sockets of an HTTP server stay half open.
    socket.on('error', () => {}).on('end', () => socket.end())
    const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${request.headers.upgrade}\r\nConnection: Upgrade\r\n\r\n`
    socket.write(head + greeting)
    upgrades.push({ request, socket })
  })
  return { ...served, upgrades }
}

test('upgrade() asks for the protocol with query and headers of the path, and gives the connection', async t => {
  const { api, upgrades } = await serveUpgrades(t)
  const path = api.with({ query: { project: 'web' }, headers: { authorization: 'Bearer abc' } })
  const connection = await path.path('sftp').upgrade('sftp', { query: { a: 1 } })
  const { request, socket } = upgrades[0] ?? assert.fail()
  assert.equal(`${request.method} ${request.url}`, 'GET /1.0/sftp?project=web&a=1')
  assert.equal(request.headers.upgrade, 'sftp')
  assert.equal(request.headers.connection, 'upgrade')
  assert.equal(request.headers.authorization, 'Bearer abc')
  connection.end('to the server')
  assert.equal(await text(socket), 'to the server')
})

test('what comes in one piece with the agreement is not lost', async t => {
  const { api, upgrades } = await serveUpgrades(t, 'hello ')
  const connection = await api.path('sftp').upgrade('sftp')
  for (let turns = 0; turns < 50; turns++) await new Promise(resolve => setImmediate(resolve))
  upgrades[0]?.socket.end('world')
  assert.equal(await text(connection), 'hello world')
})

test('upgrade() with a body is a POST with it, and what is written comes behind', async t => {
  const received: Buffer[] = []
  const server = createServer(socket => {
    socket.on('data', chunk => {
      if (received.length === 0)
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n')
      received.push(chunk)
    })
  })
  const { api } = connect(t, { baseUrl: await listen(t, server) })
  const connection = await api
    .path('port-forward')
    .upgrade('tcp', { body: { address: '127.0.0.1', port: 80 } })
  connection.end('GET /')
  await once(connection, 'close')
  const [head = '', sent] = Buffer.concat(received).toString().split('\r\n\r\n')
  const body = '{"address":"127.0.0.1","port":80}'
  assert.match(head, /^POST \/1.0\/port-forward HTTP\/1.1\r\n/)
  assert.match(head, /\r\nupgrade: tcp\r\n/)
  assert.match(head, new RegExp(`\r\ncontent-length: ${body.length}(\r\n|$)`))
  assert.equal(sent, `${body}GET /`)
})

test('upgrade() rejects with what the server said when it refuses, without the secret of the URL', async t => {
  const { api } = await serve(t, failure(403, 'not authorized'))
  await assert.rejects(
    api.path('sftp').upgrade('sftp', { query: { secret: 'abc' } }),
    (error: APIException) => {
      assert.ok(error instanceof APIForbiddenException)
      assert.equal(error.error, 'not authorized')
      assert.doesNotMatch(error.message, /abc/)
      return true
    },
  )
})

test('upgrade() rejects where the server answers with something else, even without end', async t => {
  for (const type of ['application/json', 'text/html']) {
    const { api } = await serve(t, (_received, response) => {
      response.writeHead(200, { 'content-type': type })
      response.write('{')
      return undefined
    })
    await assert.rejects(api.path('sftp').upgrade('sftp'), {
      name: 'APIConnectionException',
      error: /answered HTTP 200, but did not upgrade the connection to sftp/,
    })
  }
})

test('upgrade() rejects with a timeout, with the reason of a signal, and where nobody listens', async t => {
  const { api, received, server } = await serve(t, () => undefined)
  await assert.rejects(api.path('sftp').upgrade('sftp', { idleTimeout: 0.1 }), APITimeoutException)
  const controller = new AbortController()
  const opening = api.path('sftp').upgrade('sftp', { signal: controller.signal })
  await until(() => received.length === 2)
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(opening, reason)
  await assert.rejects(api.path('sftp').upgrade('sftp', { signal: AbortSignal.abort(reason) }), reason)
  server.close()
  await assert.rejects(api.path('sftp').upgrade('sftp'), APIConnectionException)
})

test('a name that is no protocol, and unknown options, are refused before anything is sent', async t => {
  const { api, received } = await serve(t, { status: 404 })
  for (const protocol of ['', 'a b', 'sftp\r\nX: y', undefined as unknown as string])
    await assert.rejects(api.upgrade(protocol), TypeError)
  await assert.rejects(api.upgrade('sftp', { qery: {} } as object), /unknown option 'qery'/)
  assert.equal(received.length, 0)
})

test('the signal destroys the connection also later, and is what its reader is told', async t => {
  const { api, upgrades } = await serveUpgrades(t)
  const controller = new AbortController()
  const connection = await api.path('sftp').upgrade('sftp', { signal: controller.signal })
  const reading = text(connection)
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(reading, reason)
  const { socket } = upgrades[0] ?? assert.fail()
  socket.resume()
  await once(socket, 'close')
})

test('closing the API ends its upgraded connections', async t => {
  const { api, root } = await serveUpgrades(t)
  const connection = await api.path('sftp').upgrade('sftp')
  const closed = once(connection, 'close')
  await root.close()
  await closed
})

test('a server that breaks the connection is an error for who reads, and silent for who does not listen', async t => {
  const { api, upgrades } = await serveUpgrades(t)
  const read = await api.path('sftp').upgrade('sftp')
  const reading = pipeline(read, async source => {
    for await (const chunk of source) assert.fail(String(chunk))
  })
  const unread = await api.path('sftp').upgrade('sftp')
  for (const { socket } of upgrades) (socket as unknown as { resetAndDestroy(): void }).resetAndDestroy()
  await assert.rejects(reading, { code: 'ECONNRESET' })
  await until(() => unread.destroyed)
})

test('an upgrade is one transaction in the trace', async t => {
  const { origin } = await serveUpgrades(t)
  const script = `const connection = await api.path('sftp').upgrade('sftp', { query: { secret: 'abc' } })
    connection.destroy()`
  const { stderr, code } = await runScript(script, origin, { DEBUG: 'lxdapi' })
  assert.equal(code, 0)
  assert.match(stderr, new RegExp(`GET ${origin}/1.0/sftp\\?secret=\\*\\*\\* HTTP/101`))
})

test('a script that leaves an upgraded connection open goes on until the server closes it', async t => {
  const { origin } = await serveUpgrades(t, 'bye', {})
  const script = `const connection = await api.path('sftp').upgrade('sftp')
    for await (const chunk of connection) { console.log(String(chunk)); break }`
  assert.deepEqual(await runScript(script, origin), { code: 0, stdout: 'bye\n', stderr: '' })
})
