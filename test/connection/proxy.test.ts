import assert from 'node:assert/strict'
import { createServer, type Socket } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { APIConnectionException, APITimeoutException } from '../../src/index.ts'
import { makeCertificate } from '../daemon/certificate.ts'
import { freePort } from '../daemon/free-port.ts'
import { connect, listen, serve, sync } from '../servers/server.ts'
import { eavesdrop, serveProxy, serveTls } from '../servers/tls-server.ts'

const own = makeCertificate({ name: 'server' })
const other = makeCertificate({ name: 'other' })
const client = makeCertificate({ name: 'client' })
// A name that only the proxy knows.
const remote = {
  baseUrl: 'https://lxd.example:8443',
  serverCert: own.cert,
  cert: client.cert,
  key: client.key,
}
const VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'no_proxy', 'NO_PROXY']

function useEnvironment(t: TestContext, environment: NodeJS.ProcessEnv): void {
  const before = VARIABLES.map(name => [name, process.env[name]] as const)
  for (const name of VARIABLES) delete process.env[name]
  Object.assign(process.env, environment)
  t.after(() => {
    for (const name of VARIABLES) delete process.env[name]
    for (const [name, value] of before) if (value !== undefined) process.env[name] = value
  })
}

describe('HTTPS_PROXY', () => {
  test('is used for a remote server, with the client’s certificate and the server’s pin', async t => {
    const server = await serveTls(t, own, sync('hello'))
    const proxy = await serveProxy(t, server.baseUrl)
    useEnvironment(t, { HTTPS_PROXY: proxy.url })
    const { api } = connect(t, remote)
    assert.equal((await api.get()).metadata, 'hello')
    assert.equal((await api.get()).metadata, 'hello')
    assert.deepEqual(new Set(proxy.tunnels), new Set(['lxd.example:8443']))
    assert.notEqual(server.clients[0], '')
    assert.equal(server.received[0]?.headers.host, 'lxd.example:8443')
  })

  test('that ends at a man in the middle tells him nothing', async t => {
    const middle = await eavesdrop(t, other)
    const proxy = await serveProxy(t, middle.baseUrl)
    useEnvironment(t, { HTTPS_PROXY: proxy.url })
    const { api } = connect(t, remote)
    await assert.rejects(api.post({ password: 'secret' }), /certificate is not the pinned one/)
    await assert.rejects(
      connect(t, { ...remote, serverCert: undefined }).api.get(),
      /self-signed certificate/,
    )
    assert.equal(await middle.connections(), 2)
    assert.equal(middle.heard(), '')
  })

  test('may hold a user and a password, which no message shows', async t => {
    const server = await serveTls(t, own, sync('hello'))
    const proxy = await serveProxy(t, server.baseUrl, 407)
    useEnvironment(t, { HTTPS_PROXY: proxy.url.replace('//', '//me:geheim@') })
    await assert.rejects(connect(t, remote).api.get(), (error: unknown) => {
      assert.ok(error instanceof APIConnectionException)
      assert.match(error.message, /The proxy makes no tunnel: .*407.*HTTPS_PROXY names it/)
      assert.doesNotMatch(error.message, /geheim/)
      return true
    })
    assert.deepEqual(proxy.credentials, [`Basic ${Buffer.from('me:geheim').toString('base64')}`])
  })

  test('is not used for what NO_PROXY lists', async t => {
    const server = await serveTls(t, own, sync('hello'))
    const proxy = await serveProxy(t, server.baseUrl)
    useEnvironment(t, { HTTPS_PROXY: proxy.url, NO_PROXY: 'lxd.example' })
    await assert.rejects(connect(t, remote).api.get(), /ENOTFOUND|EAI_AGAIN/)
    assert.deepEqual(proxy.tunnels, [])
  })

  test('is not used for this machine itself, nor for a socket', async t => {
    useEnvironment(t, {
      HTTPS_PROXY: `http://127.0.0.1:${await freePort()}`,
      HTTP_PROXY: 'http://127.0.0.1:1',
    })
    const { baseUrl } = await serveTls(t, own, sync('hello'))
    assert.equal((await connect(t, { ...remote, baseUrl }).api.get()).metadata, 'hello')
    const { api } = await serve(t, sync('socket'), { onSocket: true })
    assert.equal((await api.get()).metadata, 'socket')
  })

  test('that is not there is named', async t => {
    useEnvironment(t, { HTTPS_PROXY: `http://127.0.0.1:${await freePort()}` })
    await assert.rejects(connect(t, remote).api.get(), /ECONNREFUSED .*HTTPS_PROXY/)
  })

  test('that closes the connection instead of making a tunnel is asked once', async t => {
    const proxy = await serveSockets(t, socket => socket.once('data', () => socket.destroy()))
    useEnvironment(t, { HTTPS_PROXY: proxy.url })
    await assert.rejects(connect(t, remote).api.get(), (error: unknown) => {
      assert.ok(error instanceof APIConnectionException)
      assert.match(error.message, /The proxy makes no tunnel: .*HTTPS_PROXY names it/)
      return true
    })
    assert.equal(proxy.connections(), 1)
  })

  test('that never answers is given up after the timeout of the call, and asked once', async t => {
    const proxy = await serveSockets(t, () => {})
    useEnvironment(t, { HTTPS_PROXY: proxy.url })
    await assert.rejects(connect(t, { ...remote, idleTimeout: 0.2 }).api.get(), {
      name: 'APITimeoutException',
      error: 'There was no connection to the server within 0.2 s',
    })
    assert.equal(proxy.connections(), 1)
  })
})

test('a TLS handshake that is never answered is given up after the timeout of the call', async t => {
  const server = await serveSockets(t, () => {})
  const { api } = connect(t, { ...remote, baseUrl: server.url.replace('http', 'https'), idleTimeout: 0.2 })
  await assert.rejects(api.post({}), (error: unknown) => {
    assert.ok(error instanceof APITimeoutException)
    assert.equal(error.request.wasSent, false)
    return true
  })
  assert.equal(server.connections(), 1)
})

test('a member of a cluster that does not come to a connection is passed over, since it was sent nothing', async t => {
  const silent = await serveSockets(t, () => {})
  const server = await serveTls(t, own, sync('hello'))
  const baseUrl = [silent.url.replace('http', 'https'), server.baseUrl]
  const { api } = connect(t, { ...remote, baseUrl, idleTimeout: 0.5 })
  assert.equal((await api.post({})).metadata, 'hello')
})

async function serveSockets(t: TestContext, onSocket: (socket: Socket) => void) {
  let connections = 0
  const server = createServer(socket => {
    connections += 1
    socket.on('error', () => {})
    onSocket(socket)
  })
  return { url: await listen(t, server), connections: () => connections }
}
