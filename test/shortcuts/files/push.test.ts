import assert from 'node:assert/strict'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import {
  APIException,
  APINotFoundException,
  APITimeoutException,
  APITransferException,
  directoryPresent,
  directoryPush,
  filePush,
  type TransferSource,
} from '../../../src/index.ts'
import { jsonAnswer, type OnRequest, type RawRequest, serveRaw } from '../../servers/raw-server.ts'
import { type Received, serve, sync, until } from '../../servers/server.ts'

const SIZE = 20_000_000
const done = jsonAnswer(200, { type: 'sync', status_code: 200, metadata: {} })

// What the server does with the upload, once a first part of it has arrived.
const ends: Record<string, (socket: Socket) => unknown> = {
  cuts: socket => socket.destroy(),
  resets: socket => socket.resetAndDestroy(),
  'closes its side of': socket => socket.end(),
}

for (const [what, end] of Object.entries(ends)) {
  test(`filePush() over a connection that the server ${what} says how far it came, and sends nothing again`, async t => {
    const source = await bigFile(t)
    const { api, requests, assertNoLeak } = await serveRaw(
      t,
      onUpload(({ socket }) => end(socket)),
    )
    await assert.rejects(filePush(api.path('1.0', 'instances', 'web'), '/big', source), (error: unknown) => {
      assert.ok(error instanceof APITransferException)
      assert.ok(error.bytes > 0 && error.bytes < SIZE)
      assert.equal(error.total, SIZE)
      assert.match(error.message, /^POST http\S+ .*, after \d+ of 20000000 bytes$/)
      return true
    })
    assert.equal(requests.filter(request => request.startsWith('POST')).length, 1)
    await assertNoLeak()
  })
}

test('filePush() to a server that stalls ends after its timeout', async t => {
  const source = await bigFile(t)
  const stalled: Socket[] = []
  const stall = onUpload(({ socket }) => stalled.push(socket.pause()))
  const { api, assertNoLeak } = await serveRaw(t, stall, { idleTimeout: 0.2 })
  await assert.rejects(filePush(api.path('1.0', 'instances', 'web'), '/big', source), (error: unknown) => {
    assert.ok(error instanceof APITransferException)
    assert.ok(error.cause instanceof APITimeoutException)
    return true
  })
  // One that does not read does not see either that its client went away.
  for (const socket of stalled) socket.resume()
  await assertNoLeak()
})

test('filePush() of what the server does not want rejects with its words, and reads no further', async t => {
  const source = await bigFile(t)
  const refusal = jsonAnswer(404, { type: 'error', error_code: 404, error: 'Instance not found' })
  const { api, assertNoLeak } = await serveRaw(t, ({ socket }) => {
    socket.pause()
    socket.end(refusal, () => setImmediate(() => socket.resume()))
  })
  await assert.rejects(filePush(api.path('1.0', 'instances', 'web'), '/big', source), (error: unknown) => {
    assert.ok(error instanceof APINotFoundException)
    assert.match(error.message, /Instance not found$/)
    return true
  })
  await assertNoLeak()
})

test('filePush() with a signal rejects with its reason', async t => {
  const source = await bigFile(t)
  const controller = new AbortController()
  const reason = new Error('enough')
  const { api, assertNoLeak } = await serveRaw(
    t,
    onUpload(() => controller.abort(reason)),
  )
  await assert.rejects(
    filePush(api.path('1.0', 'instances', 'web'), '/big', source, { signal: controller.signal }),
    reason,
  )
  await assertNoLeak()
})

test('filePush() with a signal that was aborted before sends nothing', async t => {
  const { api, requests } = await serveRaw(t, () => {})
  const reason = new Error('never')
  const signal = AbortSignal.abort(reason)
  await assert.rejects(
    filePush(api.path('1.0', 'instances', 'web'), '/f', Buffer.from('x'), { signal }),
    reason,
  )
  assert.deepEqual(requests, [])
})

test('filePush() removes what it left half written, and nothing that was there before', async t => {
  const source = await bigFile(t)
  const now = new Date()
  for (const [modified, isRemoved] of [
    [now, true],
    [new Date(now.getTime() - 60_000), false],
  ] as const) {
    const { api, requests, assertNoLeak } = await serveRaw(t, request => {
      const { head, socket } = request
      if (head.startsWith('POST')) return onUpload(({ socket }) => socket.destroy())(request)
      if (head.startsWith('DELETE')) return socket.write(done)
      const time = `${modified.toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`
      const headers = [
        `x-lxd-modified: ${time}`,
        `date: ${now.toUTCString()}`,
        'content-length: 5',
        'x-lxd-type: file',
      ]
      return socket.write(`HTTP/1.1 200 OK\r\n${headers.join('\r\n')}\r\n\r\n`)
    })
    await assert.rejects(filePush(api.path('1.0', 'instances', 'web'), '/big', source), APITransferException)
    const deleted = requests.filter(request => request.startsWith('DELETE'))
    assert.deepEqual(deleted, isRemoved ? ['DELETE /1.0/instances/web/files?path=%2Fbig'] : [])
    await assertNoLeak()
  }
})

test('filePush() of a file that becomes shorter meanwhile is an exception', async t => {
  const source = await bigFile(t)
  const { api, assertNoLeak } = await serveRaw(
    t,
    onUpload(() => truncate(source, 1000)),
  )
  await assert.rejects(filePush(api.path('1.0', 'instances', 'web'), '/big', source), (error: unknown) => {
    assert.ok(error instanceof APITransferException)
    assert.match(error.message, /it ended after \d+ of the 20000000 bytes that it began with/)
    return true
  })
  await assertNoLeak()
})

test('filePush() of a file that becomes longer meanwhile is an exception', async t => {
  const source = await bigFile(t)
  const grow = onUpload(() => createWriteStream(source, { flags: 'a' }).end('more'))
  const { api, assertNoLeak } = await serveRaw(t, grow)
  await assert.rejects(
    filePush(api.path('1.0', 'instances', 'web'), '/big', source),
    /it has more than the 20000000 bytes/,
  )
  await assertNoLeak()
})

test('filePush() of a stream that fails tells its error', async t => {
  const reason = new Error('tape torn')
  const source = Readable.from(
    (async function* () {
      yield Buffer.alloc(100_000)
      throw reason
    })(),
  )
  const { api, assertNoLeak } = await serveRaw(
    t,
    onUpload(() => {}),
  )
  await assert.rejects(filePush(api.path('1.0', 'instances', 'web'), '/big', source), (error: unknown) => {
    assert.ok(error instanceof APIException)
    assert.match(error.message, /The stream to send failed: Error: tape torn, after 100000 bytes$/)
    return true
  })
  await assertNoLeak()
})

test('filePush() of a path that is not there sends nothing', async t => {
  const { api, requests } = await serveRaw(t, () => {})
  await assert.rejects(filePush(api.path('1.0', 'instances', 'web'), '/f', '/nonexistent'), {
    code: 'ENOENT',
  })
  assert.deepEqual(requests, [])
})

test('filePush() sends paths, bytes, blobs and streams, with their length where it is known', async t => {
  const file = await bigFile(t, 1000)
  const bytes = Buffer.alloc(1000, 'x')
  const sources: [TransferSource, string | undefined][] = [
    [file, '1000'],
    [bytes, '1000'],
    [new Uint8Array(bytes), '1000'],
    [new Blob([bytes]), '1000'],
    [Readable.from(slowly(bytes)), undefined],
    [Readable.toWeb(Readable.from(slowly(bytes))) as ReadableStream<Uint8Array>, undefined],
    [slowly(bytes), undefined],
    [Buffer.alloc(0), '0'],
  ]
  const { root, received } = await serve(t, sync({}))
  for (const [source] of sources) await filePush(root.path('1.0', 'instances', 'web'), '/file', source)
  // Where it is not known before, undici may still find out by then.
  for (const [index, [, length]] of sources.entries())
    assert.equal(
      received[index]?.headers['content-length'],
      length ?? received[index]?.headers['content-length'],
    )
  assert.deepEqual(
    received.map(({ body }) => body.length),
    [1000, 1000, 1000, 1000, 1000, 1000, 1000, 0],
  )
})

test('filePush() names the type, the mode with its 0, and the owner', async t => {
  const { root, received } = await serve(t, ({ method }) => (method === 'HEAD' ? { status: 404 } : sync({})))
  const permissions = { mode: 0o600, uid: 1000, gid: 7 }
  await filePush(root.path('1.0', 'instances', 'web'), '/a b', Buffer.from('x'), permissions)
  const { url, headers } = received.at(-1) as Received
  assert.equal(url, '/1.0/instances/web/files?path=%2Fa%20b')
  assert.equal(headers['x-lxd-type'], 'file')
  assert.equal(headers['x-incus-mode'], '0600')
  assert.equal(headers['x-lxd-uid'], '1000')
  assert.equal(headers['x-lxd-gid'], '7')
  assert.equal(headers['x-lxd-write'], 'overwrite')
  await assert.rejects(
    filePush(root.path('1.0', 'instances', 'web'), '/f', Buffer.from('x'), { mode: 0o4755 }),
    TypeError,
  )
})

test('owners and modes that are no such numbers are refused before anything is sent', async t => {
  const { root, received } = await serve(t, sync({}))
  const bytes = Buffer.from('x')
  for (const value of [Number.NaN, -1, 1.5, 2 ** 32 - 1, 2 ** 32, Number.POSITIVE_INFINITY, '0', null])
    for (const name of ['uid', 'gid', 'mode']) {
      const wrong = { [name]: value } as object
      const refused = {
        name: 'TypeError',
        message: new RegExp(`^${name} must be an integer from 0 to \\w+, not `),
      }
      await assert.rejects(
        filePush(root.path('1.0', 'instances', 'web'), '/a/f', bytes, { ...wrong, parents: true }),
        refused,
      )
      await assert.rejects(directoryPresent(root.path('1.0', 'instances', 'web'), '/a', wrong), refused)
      if (name !== 'mode')
        await assert.rejects(
          directoryPush(root.path('1.0', 'instances', 'web'), '/a', import.meta.dirname, wrong),
          refused,
        )
    }
  assert.equal(received.length, 0)
  const highest = { uid: 2 ** 32 - 2, gid: 0, mode: 0 }
  await filePush(root.path('1.0', 'instances', 'web'), '/f', bytes, { ...highest, append: true })
  assert.deepEqual(
    received.map(({ headers }) => headers['x-lxd-uid']),
    ['4294967294'],
  )
})

function onUpload(then: (request: RawRequest) => unknown): OnRequest {
  return request => {
    if (!request.head.startsWith('POST')) return request.socket.destroy()
    return until(() => request.received() > 0).then(() => then(request))
  }
}

async function* slowly(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes.subarray(0, 10)
  await new Promise(resolve => setImmediate(resolve))
  yield bytes.subarray(10)
}

async function bigFile(t: TestContext, size = SIZE): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'lxdapi-test-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  await writeFile(join(dir, 'big'), Buffer.alloc(size, 'x'))
  return join(dir, 'big')
}

test('filePush() of text that names no local file says how text is sent, and sends nothing', async t => {
  const { root, received } = await serve(t, sync(null))
  const pushing = filePush(root.path('1.0', 'instances', 'web'), '/etc/motd', 'Hello\n')
  await assert.rejects(pushing, (error: NodeJS.ErrnoException) => {
    assert.equal(error.code, 'ENOENT')
    assert.match(error.message, /^filePush\(\): there is no such local file: .* give Buffer\.from\(text\)$/)
    return true
  })
  assert.deepEqual(received, [])
})
