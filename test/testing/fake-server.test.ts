import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import {
  API,
  APIException,
  APIOperationException,
  APITimeoutException,
  exec,
  filePull,
  spawn,
  start,
} from '../../src/index.ts'
import { fakeServer } from '../../src/testing.ts'

const root = join(import.meta.dirname, '../..')

test('instances are there from the start, with their status, configuration and files', async () => {
  const files = { '/srv/www/index.html': 'Hello' }
  await using server = await fakeServer({
    instances: { web: { status: 'Running', config: { 'user.a': 'b' }, files } },
  })
  const { web } = server.api['1.0'].instances
  const { metadata } = await web.get()
  assert.deepEqual([metadata.status, metadata.config], ['Running', { 'user.a': 'b' }])
  assert.equal(String(await filePull(web, '/srv/www/index.html')), 'Hello')
})

test('a call fails as often as it is told to', async () => {
  await using server = await fakeServer({ instances: { web: {} } })
  const { web } = server.api['1.0'].instances
  server.fail('PUT /1.0/instances/web/state', { status: 503, error: 'No space left' })
  await assert.rejects(web.state.put({ action: 'start' }), (error: unknown) => {
    assert.ok(error instanceof APIException)
    assert.deepEqual([error.statusCode, error.error], [503, 'No space left'])
    return true
  })
  assert.equal((await start(web)).changed, true)
  server.fail('GET /1.0/instances/*', { error: 'never', times: Number.POSITIVE_INFINITY })
  for (let n = 0; n < 3; n++) await assert.rejects(web.get(), /never/)
  assert.equal((await web.state.get()).metadata.status, 'Running')
})

test('an operation fails if it is told to', async () => {
  await using server = await fakeServer({ instances: { web: {} } })
  server.fail('PUT /1.0/instances/web/state', { error: 'No more memory', inOperation: true })
  const started = await server.api['1.0'].instances.web.state.put({ action: 'start' })
  await assert.rejects(started.wait(), (error: unknown) => {
    assert.ok(error instanceof APIOperationException)
    assert.equal(error.error, 'No more memory')
    return true
  })
})

test('a call is delayed', async () => {
  await using server = await fakeServer()
  server.delay('GET /1.0', { seconds: 60 })
  await assert.rejects(server.api['1.0'].get({ timeout: 0.05 }), APITimeoutException)
  await server.api['1.0'].get()
})

test('a fault that names no call is refused', async () => {
  await using server = await fakeServer()
  assert.throws(() => server.fail('/1.0/instances', { error: 'x' }), TypeError)
  await assert.rejects(fakeServer({ instance: {} } as never), /unknown option 'instance'/)
})

test('its requests are told in their order', async () => {
  await using server = await fakeServer()
  await server.api['1.0'].instances.get({ query: { recursion: 1 } })
  await server.api['1.0'].profiles.default.get()
  assert.deepEqual(server.requests, ['GET /1.0/instances?recursion=1', 'GET /1.0/profiles/default'])
})

test('it listens on a port instead of a socket', async () => {
  await using server = await fakeServer({ onSocket: false })
  await using api = API.factory({ baseUrl: server.baseUrl })
  assert.match(server.baseUrl, /^http:\/\/127\.0\.0\.1:\d+$/)
  assert.equal((await api['1.0'].get()).metadata.environment?.server, 'lxd')
  assert.throws(() => server.socketPath, /listens on a port/)
})

test('without an exec handler no command is found, and an error of the handler fails the operation', async () => {
  await using server = await fakeServer({ instances: { web: { status: 'Running' } } })
  await assert.rejects(exec(server.api['1.0'].instances.web, ['uname']), /Command not found/)
  const throwing = (): never => {
    throw new Error('The handler is wrong')
  }
  await using other = await fakeServer({ instances: { web: { status: 'Running' } }, exec: throwing })
  await assert.rejects(exec(other.api['1.0'].instances.web, ['uname']), /The handler is wrong/)
})

test('a command in a terminal has one stream', async () => {
  await using server = await fakeServer({
    instances: { web: { status: 'Running' } },
    exec: ({ instance }) => ({ stdout: `I am ${instance}`, exitCode: 2 }),
  })
  const child = await spawn(server.api['1.0'].instances.web, ['sh'], { terminal: true })
  let output = ''
  for await (const chunk of child.stdout) output += String(chunk)
  assert.equal(output, 'I am web')
  assert.equal(await child.exited, 2)
})

test('closing it leaves nothing behind, also while websockets are open', async () => {
  const server = await fakeServer()
  const api = API.factory({ socketPath: server.socketPath })
  const socket = await api['1.0'].events.websocket()
  const { socketPath } = server
  await server.close()
  await socket.closed
  await api.close()
  assert.equal(existsSync(dirname(socketPath)), false)
})

test('a process that forgets to close it leaves no socket', async () => {
  const script = `import { fakeServer } from './src/testing.ts'
    console.log((await fakeServer()).socketPath)
    process.exit()`
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root })
  assert.match(stdout, /unix\.socket\n$/)
  assert.equal(existsSync(dirname(stdout.trim())), false)
})
