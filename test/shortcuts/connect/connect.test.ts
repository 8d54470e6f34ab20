import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, createServer as createHttpServer, get, type IncomingMessage } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { createServer as createTlsServer, connect as startTls } from 'node:tls'
import pg from 'pg'
import ssh from 'ssh2'
import { APIException, APIPortException, APITimeoutException, connect, forward } from '../../../src/index.ts'
import { makeCertificate } from '../../daemon/certificate.ts'
import { servePortForward } from '../../servers/port-forward-server.ts'
import { createPostgres } from '../../servers/postgres.ts'
import { failure, serve, until } from '../../servers/server.ts'

/** Makes a server listen until the test ends; resolves with its port. */
async function portOf(t: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', socket => sockets.add(socket))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return portIn(server.address())
}

function portIn(address: ReturnType<Server['address']>): number {
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}

const echo = (): Server => createServer(socket => socket.on('error', () => {}).pipe(socket))

async function freePort(t: TestContext): Promise<number> {
  const server = createServer()
  const port = await portOf(t, server)
  server.close()
  await once(server, 'close')
  return port
}

test('connect() goes by the port-forward of a server that has it, to 127.0.0.1 by default', async t => {
  const { api, asked, received } = await servePortForward(t)
  const port = await portOf(t, echo())
  const connection = await connect(api.instances.web, { port })
  connection.write('hello')
  assert.equal(String((await once(connection, 'data'))[0]), 'hello')
  connection.destroy()
  await once(connection, 'close')
  await assert.rejects(connect(api.instances.web, { port, address: '::1' }), APIException)
  assert.deepEqual(asked, [
    { address: '127.0.0.1', port },
    { address: '::1', port },
  ])
  assert.deepEqual(
    received.map(({ method, url }) => `${method} ${url}`),
    ['GET /1.0'],
  )
})

test('an Agent of node:http keeps its connections for the next request', async t => {
  const { api, asked } = await servePortForward(t)
  const port = await portOf(
    t,
    createHttpServer((request, response) => response.end(request.url)),
  )
  const agent = new (class extends Agent {
    override createConnection(
      _options: object,
      callback: (error: Error | null, stream: Duplex) => void,
    ): undefined {
      connect(api.instances.web, { port }).then(
        stream => callback(null, stream),
        callback as (error: Error) => void,
      )
    }
  })({ keepAlive: true, maxSockets: 1, timeout: 5000 })
  t.after(() => agent.destroy())
  for (const path of ['/one', '/two']) {
    const [response]: [IncomingMessage] = (await once(get({ agent, path }), 'response')) as [IncomingMessage]
    assert.equal(await text(response), path)
  }
  assert.equal(asked.length, 1)
})

test('a client of pg takes a connection as its stream', async t => {
  const { api } = await servePortForward(t)
  const connection = await connect(api.instances.db, { port: await portOf(t, createPostgres('forty-two')) })
  const client = new pg.Client({ user: 'me', stream: () => connection })
  await client.connect()
  assert.deepEqual((await client.query('SELECT answer')).rows, [{ answer: 'forty-two' }])
  await client.end()
  assert.ok(connection.destroyed)
})

test('a client of ssh2 takes a connection as its socket', async t => {
  const { api } = await servePortForward(t)
  const { private: key } = ssh.utils.generateKeyPairSync('ed25519')
  const server = new ssh.Server({ hostKeys: [key] })
  server.on('connection', client =>
    client.on('error', () => {}).on('authentication', context => context.accept()),
  )
  t.after(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const connection = await connect(api.instances.web, { port: portIn(server.address()) })
  const client = new ssh.Client()
  client.connect({ sock: connection, username: 'me' })
  await once(client, 'ready')
  client.end()
  await once(client, 'close')
})

test('TLS goes over a connection as over any other stream', async t => {
  const { api } = await servePortForward(t)
  const { cert, key } = makeCertificate()
  const port = await portOf(
    t,
    createTlsServer({ cert, key }, socket => socket.end('secret')),
  )
  const connection = await connect(api.instances.web, { port })
  const secure = startTls({ socket: connection, ca: cert, servername: 'localhost' })
  assert.equal(await text(secure), 'secret')
})

test('a port where nothing listens is an APIPortException with the code that Node.js has for it', async t => {
  const { api, origin } = await servePortForward(t)
  const port = await freePort(t)
  await assert.rejects(connect(api.instances.web, { port }), (error: unknown) => {
    assert.ok(error instanceof APIPortException)
    assert.equal(error.code, 'ECONNREFUSED')
    assert.equal(error.statusCode, 500)
    const url = `${origin}/1.0/instances/web/port-forward`
    assert.equal(error.message, `POST ${url} 127.0.0.1:${port} in the instance: nothing listens there`)
    return true
  })
})

test('what can not be is refused before anything is sent', async t => {
  const { api, received } = await servePortForward(t)
  const { web } = api.instances
  for (const port of [0, -1, 65536, 1.5, Number.NaN, '80', undefined])
    for (const call of [connect(web, { port } as never), forward(web, port as never)])
      await assert.rejects(call, /^TypeError: (connect|forward)\(\): port must be an integer/)
  for (const address of ['localhost', '', '127.0.0.1; reboot', '$(reboot)', 'fe80::1%eth0', '1.2.3'])
    for (const call of [connect(web, { port: 80, address }), forward(web, 80, { address })])
      await assert.rejects(call, /^TypeError: (connect|forward)\(\): address must be an IP address/)
  await assert.rejects(forward(web, 80, { localPort: 65536 }), /^TypeError: forward\(\): localPort must be/)
  assert.deepEqual(received, [])
})

test('the way to an instance is looked up once, though many connect at once', async t => {
  const { api, received } = await servePortForward(t)
  const port = await portOf(t, echo())
  const connections = await Promise.all(
    Array.from({ length: 20 }, () => connect(api.instances.web, { port })),
  )
  for (const connection of connections) connection.destroy()
  assert.equal(received.length, 1)
})

test('what fails before it is connected is tried again, after a refusal by a way that is looked up again', async t => {
  const { api, received, server } = await servePortForward(t)
  const port = await portOf(t, echo())
  const [accept] = server.listeners('upgrade') as ((...args: unknown[]) => void)[]
  const connectAfter = async (fail: (socket: Duplex) => void): Promise<void> => {
    server.removeAllListeners('upgrade')
    server.once('upgrade', (_request, socket) => {
      fail(socket)
      server.on('upgrade', (...args) => accept?.(...args))
    })
    const connection = await connect(api.instances.web, { port })
    connection.destroy()
  }
  await (await connect(api.instances.web, { port })).destroy()
  await connectAfter(socket => socket.destroy())
  assert.equal(received.length, 1)
  await connectAfter(socket => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'))
  assert.equal(received.length, 2)
})

test('where a lookup fails, those who waited for it look themselves', async t => {
  let turn = 0
  const { api, received } = await serve(t, () => {
    turn += 1
    return failure(500, `no ${turn}`)
  })
  const calls = [1, 2, 3].map(() => connect(api.instances.web, { port: 80 }))
  for (const [index, call] of calls.entries()) await assert.rejects(call, new RegExp(`no ${index + 1}$`))
  assert.equal(received.length, 3)
})

test('connecting has a timeout, and an abort is heard then and later', async t => {
  const { api, server } = await servePortForward(t)
  const port = await portOf(t, echo())
  const controller = new AbortController()
  const reason = new Error('enough')
  const connection = await connect(api.instances.web, { port, signal: controller.signal, timeout: 5 })
  const reading = text(connection)
  server.removeAllListeners('upgrade')
  server.on('upgrade', (_request, socket) => socket.on('error', () => {}))
  await assert.rejects(connect(api.instances.web, { port, timeout: 0.1 }), APITimeoutException)
  const connecting = connect(api.instances.web, { port, signal: controller.signal })
  await new Promise(resolve => server.once('upgrade', resolve))
  controller.abort(reason)
  await assert.rejects(connecting, reason)
  await assert.rejects(reading, reason)
})

test('a connection that breaks is an error for who reads, and silent for who does not listen', async t => {
  const { api, sockets } = await servePortForward(t)
  const port = await portOf(t, echo())
  const read = await connect(api.instances.web, { port })
  const unread = await connect(api.instances.web, { port })
  const reading = text(read)
  for (const socket of sockets as Socket[]) socket.resetAndDestroy()
  await assert.rejects(reading, { name: 'APIPortException', code: 'ECONNRESET' })
  await until(() => unread.destroyed)
})

test('setTimeout() of a connection is heard when nothing was sent or received', async t => {
  const { api } = await servePortForward(t)
  const connection = await connect(api.instances.web, { port: await portOf(t, echo()) })
  await new Promise<void>(resolve => connection.setTimeout(10, resolve))
  connection.destroy()
})

test('forward() leads each client to the port, and resets it where that is refused', async t => {
  const { api, asked } = await servePortForward(t)
  const port = await portOf(
    t,
    createHttpServer((request, response) => response.end(request.url)),
  )
  await using web = await forward(api.instances.web, port)
  assert.equal(web.url, `http://127.0.0.1:${web.port}`)
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_, n) => (await fetch(`${web.url}/${n}`)).text()),
  )
  assert.deepEqual(
    answers,
    Array.from({ length: 50 }, (_, n) => `/${n}`),
  )
  assert.ok(asked.length <= 50)
  const errors: unknown[] = []
  const onError = (error: unknown) => errors.push(error)
  await using refused = await forward(api.instances.web, await freePort(t), { onError })
  await assert.rejects(fetch(refused.url), (error: Error) => {
    assert.equal((error.cause as NodeJS.ErrnoException).code, 'ECONNRESET')
    return true
  })
  assert.ok(errors.length > 0 && errors.every(error => error instanceof APIPortException))
})

test('forward() listens on the port it is given, and rejects where that is taken', async t => {
  const { api } = await servePortForward(t)
  const localPort = await freePort(t)
  await using web = await forward(api.instances.web, 80, { localPort })
  assert.equal(web.port, localPort)
  await assert.rejects(forward(api.instances.web, 80, { localPort }), { code: 'EADDRINUSE' })
})
