import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import {
  BUFFER_SIZE,
  createOnRead,
  FIRST_BUFFER_SIZE,
  releaseReceived,
} from '../../src/connection/receive-buffers.ts'
import { filePull } from '../../src/index.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { fileHead, serveRaw } from '../servers/raw-server.ts'
import { serve } from '../servers/server.ts'

test('a connection begins with a small buffer, which is not reused', () => {
  const { receive, chunks } = receiver({ isNew: true })
  const first = receive(FIRST_BUFFER_SIZE)
  assert.equal(first.byteLength, FIRST_BUFFER_SIZE)
  assert.equal(receive(BUFFER_SIZE).byteLength, BUFFER_SIZE)
  releaseReceived(chunks[0] as Buffer)
  assert.ok(!Array.from({ length: 100 }, () => receive(BUFFER_SIZE)).includes(first))
})

test('a buffer is reused once all of its bytes are released', () => {
  const { receive, chunks } = receiver()
  const first = receive(BUFFER_SIZE)
  assert.notEqual(receive(BUFFER_SIZE), first)
  for (const chunk of chunks.splice(0)) releaseReceived(chunk)
  const others = [receive(BUFFER_SIZE), receive(BUFFER_SIZE), receive(BUFFER_SIZE)]
  assert.ok(others.includes(first))
})

test('a buffer is not reused while some of its bytes are in use', () => {
  const { receive, chunks } = receiver()
  const memory = receive(BUFFER_SIZE / 2)
  assert.equal(receive(BUFFER_SIZE / 2), memory)
  releaseReceived(chunks[0] as Buffer)
  const others = Array.from({ length: 100 }, () => receive(BUFFER_SIZE))
  assert.ok(!others.includes(memory))
})

test('a buffer with free space is not overwritten from its beginning', () => {
  const { receive, chunks } = receiver()
  receive(1000)
  releaseReceived(chunks[0] as Buffer)
  receive(1000)
  assert.equal(chunks[1]?.byteOffset, 1000)
})

test('small answers share a buffer', () => {
  const { receive } = receiver()
  const memory = new Set(Array.from({ length: 100 }, () => receive(300)))
  assert.equal(memory.size, 1)
})

test('releasing bytes of another origin has no effect', () => {
  const own = Buffer.allocUnsafeSlow(BUFFER_SIZE).fill('own')
  releaseReceived(own)
  const { receive } = receiver()
  assert.ok(!Array.from({ length: 100 }, () => receive(BUFFER_SIZE)).includes(own.buffer))
})

test('many files at once, each in its own chunks, with answers in between: all arrive whole', async t => {
  const files = new Map(Array.from({ length: 8 }, (_, at) => [`/${at}`, randomBytes(3_000_000 + at * 7)]))
  const { root, api } = await serve(
    t,
    ({ url }, response) => {
      const path = new URL(url, 'http://x').searchParams.get('path')
      if (path === null) return { json: { type: 'sync', metadata: { url } } }
      const bytes = files.get(path) as Buffer
      response.writeHead(200, { 'x-lxd-type': 'file', 'content-length': bytes.length })
      Readable.from(slices(bytes, 1 + Number(path.slice(1)) * 9000)).pipe(response)
      return undefined
    },
    { onSocket: true },
  )
  const dir = createTempFolder()
  for (let round = 0; round < 3; round++) {
    const pulls = [...files].map(async ([path, bytes]) => {
      const target = join(dir, path)
      await filePull(root.path('1.0', 'instances', 'web'), path, target)
      const { metadata } = await api.profiles.path(`${round}${path}`).get()
      assert.equal(metadata.url, `/1.0/profiles/${round}%2F${path.slice(1)}`)
      assert.equal(digest(await readFile(target)), digest(bytes), path)
    })
    await Promise.all(pulls)
  }
})

test('an answer whose header arrives byte by byte, after a file, is whole', async t => {
  const file = Buffer.alloc(200_000, 'file')
  const { api } = await serveRaw(t, ({ socket, head }) => {
    if (head.includes('/files')) {
      socket.write(fileHead({ 'content-length': file.length }))
      socket.write(file)
      return
    }
    const body = '{"type":"sync","metadata":{"name":"web"}}'
    const start = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nx-long: ${'y'.repeat(500)}\r\n\r\n`
    dribble(socket, Buffer.from(start + body))
  })
  const target = join(createTempFolder(), 'file')
  for (let round = 0; round < 3; round++) {
    await filePull(api.path('1.0', 'instances', 'web'), '/file', target)
    const { metadata, response } = await api.path('1.0').instances.web.get()
    assert.deepEqual(metadata, { name: 'web' })
    assert.equal(response.headers['x-long'], 'y'.repeat(500))
  }
})

/** What a socket would receive, each time into what it is told to; gives the memory that it was. By default it has filled its first buffer. */
function receiver({ isNew = false } = {}): { receive: (bytes: number) => ArrayBufferLike; chunks: Buffer[] } {
  const chunks: Buffer[] = []
  const socket = { push: (chunk: Buffer) => chunks.push(chunk) > 0 }
  // Safe cast: nothing but push() is used.
  const { buffer, callback } = createOnRead(() => socket as unknown as Socket)
  let next = (buffer as () => Uint8Array)()
  const receive = (bytes: number): ArrayBufferLike => {
    const into = next
    assert.ok(bytes <= into.length, 'a socket brings no more than there is room for')
    callback(bytes, into)
    next = (buffer as () => Uint8Array)()
    return into.buffer
  }
  if (!isNew) receive(FIRST_BUFFER_SIZE)
  if (!isNew) chunks.pop()
  return { receive, chunks }
}

function* slices(bytes: Buffer, size: number): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += Math.max(size, 1000)) {
    yield bytes.subarray(at, at + Math.max(size, 1000))
  }
}

function dribble(socket: Socket, bytes: Buffer, at = 0): void {
  if (at < bytes.length)
    socket.write(bytes.subarray(at, at + 1), () => setImmediate(dribble, socket, bytes, at + 1))
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
