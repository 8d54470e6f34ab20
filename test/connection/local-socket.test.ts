import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { findSocket } from '../../src/connection/local-socket.ts'
import { API, SocketNotFoundError } from '../../src/index.ts'
import { runScript } from '../runner/run-script.ts'
import { listen, serve, socketPath, sync } from '../servers/server.ts'

const NAMED = { LXD_SOCKET: '/a/lxd', INCUS_SOCKET: '/a/incus', LXD_DIR: '/b/lxd', INCUS_DIR: '/b/incus' }

test('the environment names the socket: LXD_SOCKET, INCUS_SOCKET, LXD_DIR, INCUS_DIR, in this order', () => {
  const { LXD_SOCKET, INCUS_SOCKET, LXD_DIR, INCUS_DIR } = NAMED
  assert.equal(findSocket(NAMED, []), '/a/lxd')
  assert.equal(findSocket({ INCUS_SOCKET, LXD_DIR, INCUS_DIR }, []), '/a/incus')
  assert.equal(findSocket({ LXD_DIR, INCUS_DIR }, []), '/b/lxd/unix.socket')
  assert.equal(findSocket({ INCUS_DIR }, []), '/b/incus/unix.socket')
  assert.equal(findSocket({ LXD_SOCKET, LXD_DIR: '' }, []), '/a/lxd')
})

test('an empty variable names nothing', async t => {
  const path = socketPath()
  await listen(t, createServer(), path)
  assert.equal(findSocket({ LXD_SOCKET: '', INCUS_SOCKET: '', LXD_DIR: '', INCUS_DIR: '' }, [path]), path)
})

test('what the environment names is not doubted: a daemon may yet come', () => {
  assert.equal(findSocket({ LXD_SOCKET: '/no/such' }, []), '/no/such')
})

test('else it is the first well-known place that has a usable socket', async t => {
  const missing = socketPath()
  const file = join(dirname(socketPath()), 'file')
  writeFileSync(file, '')
  const [first, second] = [socketPath(), socketPath()]
  await listen(t, createServer(), first)
  await listen(t, createServer(), second)
  assert.equal(findSocket({}, [missing, file, first, second]), first)
})

test('where there is none, the error lists what was tried, and what to do', () => {
  const missing = socketPath()
  const file = join(dirname(socketPath()), 'file')
  writeFileSync(file, '')
  assert.throws(
    () => findSocket({}, [missing, file]),
    (error: Error) => {
      assert.ok(error instanceof SocketNotFoundError)
      assert.equal(error.name, 'SocketNotFoundError')
      assert.match(error.message, /Tried LXD_SOCKET, INCUS_SOCKET, LXD_DIR, INCUS_DIR \(not set\), then/)
      assert.ok(error.message.includes(`${missing} (no such file), ${file} (not a socket).`))
      assert.match(error.message, /in its group \(lxd, incus-admin\)\?.*API\.factory\(\{ socketPath \}\)/)
      return true
    },
  )
})

test('API.factory() uses the socket that the environment names', async t => {
  const { origin } = await serve(t, sync('local'), { onSocket: true })
  const path = decodeURIComponent(origin.slice('http+unix://'.length))
  const script = "console.log((await API.factory()['1.0'].get()).metadata)"
  assert.equal((await runScript(script, origin, { LXD_SOCKET: path })).stdout, 'local\n')
  assert.equal((await runScript(script, origin, { INCUS_DIR: dirname(path) })).stdout, 'local\n')
})

test('a socketPath is used as it is', async t => {
  const { origin, received } = await serve(t, sync(null), { onSocket: true })
  await using api = API.factory({ socketPath: decodeURIComponent(origin.slice('http+unix://'.length)) })
  await api.path('1.0').get()
  // The servers refuse a Host that is not one.
  assert.equal(received[0]?.headers.host, 'localhost')
})
