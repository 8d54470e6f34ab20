import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import {
  APIException,
  APINotFoundException,
  APITimeoutException,
  APITransferException,
  filePull,
} from '../../../src/index.ts'
import { fileHead, jsonAnswer, type OnRequest, serveRaw } from '../../servers/raw-server.ts'
import { until } from '../../servers/server.ts'

const SIZE = 300_000
const content = Buffer.alloc(SIZE, 'content\n')
const HALF = gzipSync(content).subarray(0, 20)
const whole: OnRequest = ({ socket }) => {
  socket.write(fileHead({ 'content-length': SIZE }))
  socket.write(content)
}

// What arrives of each, and how it ends.
const cuts: Record<string, OnRequest> = {
  'before its first byte': ({ socket }) => socket.end(fileHead({ 'content-length': SIZE })),
  'in the middle': ({ socket }) => cut(socket, { 'content-length': SIZE }, SIZE / 2),
  'one byte before its end': ({ socket }) => cut(socket, { 'content-length': SIZE }, SIZE - 1),
  'though it announced to close': ({ socket }) =>
    cut(socket, { 'content-length': SIZE, connection: 'close' }, SIZE / 2),
  'within a chunk': ({ socket }) => {
    socket.write(fileHead({ 'transfer-encoding': 'chunked' }))
    socket.end(`10000\r\n${'x'.repeat(100)}`)
  },
  'between two chunks, though it announced to close': ({ socket }) => {
    socket.write(fileHead({ 'transfer-encoding': 'chunked', connection: 'close' }))
    socket.end('5\r\nhello\r\n')
  },
  'by a reset': ({ socket }) => {
    socket.write(fileHead({ 'content-length': SIZE }))
    socket.write(content.subarray(0, 1000), () => socket.resetAndDestroy())
  },
}

for (const [where, onRequest] of Object.entries(cuts)) {
  test(`filePull() of a file that is cut ${where} is an exception, and leaves nothing behind`, async t => {
    const dir = await temporary(t)
    const { api, assertNoLeak } = await serveRaw(t, onRequest)
    await assert.rejects(
      filePull(api.path('1.0', 'instances', 'web'), '/file', join(dir, 'file')),
      (error: unknown) => {
        assert.ok(error instanceof APITransferException)
        assert.ok(error.bytes < SIZE)
        assert.match(error.message, /^GET http\S+ .*, after \d+( of 300000)? bytes$/)
        return true
      },
    )
    assert.deepEqual(await readdir(dir), [])
    await assertNoLeak()
  })
}

test('filePull() keeps the file that was there when another can’t be pulled over it', async t => {
  const dir = await temporary(t)
  const { api } = await serveRaw(t, ({ socket }) => cut(socket, { 'content-length': SIZE }, 7))
  await writeFile(join(dir, 'file'), 'old')
  await assert.rejects(
    filePull(api.path('1.0', 'instances', 'web'), '/file', join(dir, 'file')),
    APITransferException,
  )
  assert.equal(await readFile(join(dir, 'file'), 'utf8'), 'old')
  assert.deepEqual(await readdir(dir), ['file'])
})

test('filePull() from a server that stalls ends after its timeout, and says how far it came', async t => {
  const dir = await temporary(t)
  const stall: OnRequest = ({ socket }) => {
    socket.write(fileHead({ 'content-length': SIZE }))
    socket.write(content.subarray(0, 1234))
  }
  const { api, assertNoLeak } = await serveRaw(t, stall, { idleTimeout: 0.2 })
  await assert.rejects(
    filePull(api.path('1.0', 'instances', 'web'), '/file', join(dir, 'file')),
    (error: unknown) => {
      assert.ok(error instanceof APITransferException)
      assert.ok(error.cause instanceof APITimeoutException)
      assert.equal(error.bytes, 1234)
      assert.equal(error.total, SIZE)
      return true
    },
  )
  assert.deepEqual(await readdir(dir), [])
  await assertNoLeak()
})

test('filePull() refuses what does not say how long it is', async t => {
  const dir = await temporary(t)
  const { api, assertNoLeak } = await serveRaw(t, ({ socket }) => socket.end(`${fileHead({})}content`))
  await assert.rejects(
    filePull(api.path('1.0', 'instances', 'web'), '/file', join(dir, 'file')),
    /does not say how long it is/,
  )
  assert.deepEqual(await readdir(dir), [])
  await assertNoLeak()
})

for (const [what, head, body] of [
  ['a part of it', fileHead({ 'content-length': 4 }).replace('200 OK', '206 Partial Content'), 'part'],
  ['what may be cut anywhere', fileHead({ 'transfer-encoding': 'identity' }), 'cut'],
  ['what is compressed and may be cut', fileHead({ 'transfer-encoding': 'gzip' }), 'cut'],
  ['what is compressed in another way', fileHead({ 'content-length': 4, 'content-encoding': 'br' }), 'brrr'],
  ['what is not the compressed file', fileHead({ 'content-length': 5, 'content-encoding': 'gzip' }), 'plain'],
  ['half of the compressed file', fileHead({ 'content-length': 20, 'content-encoding': 'gzip' }), HALF],
] as const) {
  test(`filePull() takes no ${what} for the file, and leaves nothing behind`, async t => {
    const dir = await temporary(t)
    const { api, assertNoLeak } = await serveRaw(t, ({ socket }) => {
      socket.write(head)
      socket.end(body)
    })
    await assert.rejects(
      filePull(api.path('1.0', 'instances', 'web'), '/file', join(dir, 'file')),
      (error: unknown) => {
        assert.ok(error instanceof APITransferException, String(error))
        assert.match(error.message, /^GET http\S+ .*, after \d+( of \d+)? bytes$/)
        return true
      },
    )
    await assert.rejects(filePull(api.path('1.0', 'instances', 'web'), '/file'), APITransferException)
    assert.deepEqual(await readdir(dir), [])
    await assertNoLeak()
  })
}

test('filePull() takes no more than was announced, whatever follows', async t => {
  const { api, assertNoLeak } = await serveRaw(t, ({ socket }) => {
    socket.end(`${fileHead({ 'content-length': 5 })}hello and more`)
  })
  assert.equal(String(await filePull(api.path('1.0', 'instances', 'web'), '/file')), 'hello')
  await assertNoLeak()
})

test('filePull() ends with the signal’s reason, and leaves nothing behind', async t => {
  const dir = await temporary(t)
  const { api, assertNoLeak } = await serveRaw(t, ({ socket }) => {
    socket.write(fileHead({ 'content-length': SIZE }))
    socket.write(content.subarray(0, 100_000))
  })
  const controller = new AbortController()
  const reason = new Error('enough')
  const pulled = filePull(api.path('1.0', 'instances', 'web'), '/file', join(dir, 'file'), {
    signal: controller.signal,
  })
  await until(() => controller.signal.aborted || hasPart(dir, controller, reason))
  await assert.rejects(pulled, reason)
  assert.deepEqual(await readdir(dir), [])
  await assertNoLeak()
})

test('what onProgress() throws ends filePull(), and leaves nothing behind', async t => {
  const dir = await temporary(t)
  const { api, assertNoLeak } = await serveRaw(t, whole)
  const reason = new Error('not like this')
  const onProgress = (): void => {
    throw reason
  }
  await assert.rejects(
    filePull(api.path('1.0', 'instances', 'web'), '/file', join(dir, 'file'), { onProgress }),
    reason,
  )
  assert.deepEqual(await readdir(dir), [])
  await assertNoLeak()
})

test('filePull() tells its end, and gives the file the permission bits of the original', async t => {
  const dir = await temporary(t)
  const { api, requests } = await serveRaw(t, whole)
  const told: unknown[] = []
  const bytes = await filePull(api.path('1.0', 'instances', 'web'), '/a b', join(dir, 'file'), {
    onProgress: step => told.push(step),
  })
  assert.deepEqual(told.at(-1), { bytes: SIZE, total: SIZE })
  assert.equal(bytes, SIZE)
  assert.equal((await stat(join(dir, 'file'))).mode & 0o777, 0o640)
  assert.ok((await readFile(join(dir, 'file'))).equals(content))
  assert.deepEqual(requests, ['GET /1.0/instances/web/files?path=%2Fa%20b'])
})

test('filePull() to a folder that is not there ends the connection', async t => {
  const { api, assertNoLeak } = await serveRaw(t, whole)
  await assert.rejects(filePull(api.path('1.0', 'instances', 'web'), '/file', '/nonexistent/file'), {
    code: 'ENOENT',
  })
  await assertNoLeak()
})

test('filePull() to a stream that fails rejects with its error, and ends the connection', async t => {
  const { api, assertNoLeak } = await serveRaw(t, whole)
  const reason = new Error('disk full')
  const target = new Writable({ write: (_piece, _encoding, callback) => callback(reason) })
  await assert.rejects(filePull(api.path('1.0', 'instances', 'web'), '/file', target), reason)
  await assertNoLeak()
})

test('filePull() writes to web streams too', async t => {
  const { api } = await serveRaw(t, whole)
  let size = 0
  const target = new WritableStream<Uint8Array>({
    write(piece) {
      size += piece.length
    },
  })
  await filePull(api.path('1.0', 'instances', 'web'), '/file', target)
  assert.equal(size, SIZE)
})

test('filePull() writes to a device as it is, and through a symlink to where it leads', async t => {
  const dir = await temporary(t)
  const { api } = await serveRaw(t, whole)
  await filePull(api.path('1.0', 'instances', 'web'), '/file', '/dev/null')
  assert.ok((await stat('/dev/null')).isCharacterDevice())
  await writeFile(join(dir, 'real'), 'old')
  await symlink('real', join(dir, 'link'))
  await filePull(api.path('1.0', 'instances', 'web'), '/file', join(dir, 'link'))
  assert.equal((await stat(join(dir, 'real'))).size, SIZE)
  assert.deepEqual(await readdir(dir), ['link', 'real'])
})

test('filePull() follows symlinks as the instance sees them, but not for ever', async t => {
  const { api, requests } = await serveRaw(t, ({ head, socket }) => {
    const isLink = head.includes('path=%2Fa')
    const target = head.includes('path=%2Fa%2Fb') ? '../c' : 'loop'
    socket.write(fileHead({ 'content-length': isLink ? target.length : 4 }, isLink ? 'symlink' : 'file'))
    socket.write(isLink ? target : 'last')
  })
  assert.equal(String(await filePull(api.path('1.0', 'instances', 'web'), '/a/b')), 'last')
  assert.match(requests.at(-1) ?? '', /path=%2Fc$/)
  await assert.rejects(filePull(api.path('1.0', 'instances', 'web'), '/a/loop'), /more than 40 symlinks/)
})

test('filePull() of a directory, and of what is not there, is an exception', async t => {
  const { api } = await serveRaw(t, ({ head, socket }) => {
    const isDirectory = head.includes('etc')
    const body = isDirectory ? { type: 'sync', metadata: [] } : { type: 'error', error: 'Not Found' }
    socket.write(jsonAnswer(isDirectory ? 200 : 404, body, { 'x-incus-type': 'directory' }))
  })
  await assert.rejects(filePull(api.path('1.0', 'instances', 'web'), '/etc'), (error: unknown) => {
    assert.ok(error instanceof APIException)
    assert.match(error.message, /\/etc is a directory: directoryPull\(\) copies these/)
    return true
  })
  await assert.rejects(filePull(api.path('1.0', 'instances', 'web'), '/nope'), APINotFoundException)
})

test('filePull() refuses an option that it does not know', async t => {
  const { api } = await serveRaw(t, whole)
  await assert.rejects(
    filePull(api.path('1.0', 'instances', 'web'), '/file', 'x', { mode: 0o600 } as object),
    TypeError,
  )
})

function cut(
  socket: { write(data: string): unknown; end(data: Buffer): unknown },
  headers: Record<string, string | number>,
  bytes: number,
): void {
  socket.write(fileHead(headers))
  socket.end(content.subarray(0, bytes))
}

// Once there is a file, some of it has arrived.
function hasPart(dir: string, controller: AbortController, reason: Error): boolean {
  void readdir(dir).then(names => names.some(name => name.endsWith('.part')) && controller.abort(reason))
  return false
}

async function temporary(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'lxdapi-test-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return dir
}
