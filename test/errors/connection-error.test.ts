import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { explainFailure } from '../../src/errors/connection-error.ts'
import { APIConnectionException } from '../../src/index.ts'
import { makeCertificate } from '../daemon/certificate.ts'
import { makeRequest } from '../servers/make-request.ts'
import { connect, listen, socketPath } from '../servers/server.ts'
import { serveTls } from '../servers/tls-server.ts'

const UNIX = makeRequest('http+unix://%2Frun%2Fx', 'GET', '/1.0', undefined, {})
const REMOTE = makeRequest('https://10.0.0.5:8443', 'GET', '/1.0', undefined, {})

test('no such socket: it asks for the daemon', async t => {
  const path = socketPath()
  const { api } = connect(t, { socketPath: path })
  await rejects(
    api.get(),
    `connect ENOENT ${path} (there is no such socket: is the daemon installed and running?)`,
  )
})

test('a file that is no socket: it says so', async t => {
  const path = socketPath()
  writeFileSync(path, '')
  const { api } = connect(t, { socketPath: path })
  await rejects(api.get(), /ECONNREFUSED|ENOTSOCK/)
  assert.match(explainFailure(error('ENOTSOCK'), UNIX), /\(that file is not a socket\)$/)
})

test('nobody listens: it asks for the daemon on a socket, for the address elsewhere', async t => {
  const server = createServer()
  const baseUrl = await listen(t, server)
  await new Promise(resolve => server.close(resolve))
  const { api } = connect(t, { baseUrl })
  await rejects(api.get(), /ECONNREFUSED.* \(nobody listens there: is core\.https_address set on the server/)
  assert.match(
    explainFailure(error('ECONNREFUSED'), UNIX),
    /\(nobody listens on the socket: is the daemon running\?\)/,
  )
})

test('a socket that this user may not use: it names the group', () => {
  assert.equal(
    explainFailure(error('EACCES'), UNIX),
    'connect EACCES (this user may not use the socket: add it to the group lxd or incus-admin, then log in again)',
  )
})

test('a certificate that nobody vouches for: it says how to trust it', async t => {
  const { baseUrl } = await serveTls(t, makeCertificate(), { json: {} })
  const { api } = connect(t, { baseUrl })
  await rejects(api.get(), /\(no authority vouches for the server: pass its certificate as `serverCert`/)
})

test('HTTPS to a port that speaks HTTP, and the other way round: it says which is which', async t => {
  const plain = await listen(t, createHttpServer())
  const tls = await serveTls(t, makeCertificate(), { json: {} })
  const wrong = connect(t, { baseUrl: plain.replace('http:', 'https:') })
  await rejects(wrong.api.get(), /\(the server speaks plain HTTP, not HTTPS/)
  const reverse = connect(t, { baseUrl: tls.baseUrl.replace('https:', 'http:') })
  await assert.rejects(reverse.api.get(), APIConnectionException)
})

test('what answers and speaks no HTTP: it says so', async t => {
  const server = createServer(socket => socket.end('SSH-2.0-OpenSSH_9.2p1\r\n'))
  const { api } = connect(t, { baseUrl: await listen(t, server) })
  await rejects(api.get(), /\(what answers does not speak HTTP, or speaks HTTPS\)$/)
})

test('a server that goes away before it answers: it says so', async t => {
  const server = createServer(socket => socket.once('data', () => socket.destroy()))
  const { api } = connect(t, { baseUrl: await listen(t, server) })
  await rejects(api.get(), /\(the server closed the connection before its answer was complete\)$/)
})

test('no such host: it says so', () => {
  assert.match(explainFailure(error('ENOTFOUND'), REMOTE), /\(no such host name\)$/)
})

test('what it has no words for it tells as it is', () => {
  assert.equal(explainFailure(error('EWHATEVER'), REMOTE), 'connect EWHATEVER')
  assert.equal(explainFailure('text', REMOTE), 'text')
  assert.equal(explainFailure(undefined, REMOTE), 'undefined')
})

test('of several addresses that failed the first one speaks', () => {
  const all = new AggregateError([error('ECONNREFUSED'), error('ENETUNREACH')], '')
  assert.match(explainFailure(all, REMOTE), /^connect ECONNREFUSED \(nobody listens there/)
})

test('errors of another realm speak as well, as those of Node.js in Jest', () => {
  const all = runInNewContext(
    `new AggregateError([Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })])`,
  )
  assert.match(explainFailure(all, REMOTE), /^connect \(nobody listens there/)
})

function error(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code })
}

async function rejects(call: Promise<unknown>, words: RegExp | string): Promise<void> {
  await assert.rejects(call, (exception: Error) => {
    assert.ok(exception instanceof APIConnectionException)
    if (typeof words === 'string') assert.equal(exception.error, words)
    else assert.match(exception.error, words)
    assert.equal(exception.message, `${exception.request} ${exception.error}`)
    assert.ok(exception.cause instanceof Error)
    return true
  })
}
