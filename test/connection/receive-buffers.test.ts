import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { createOnRead, releaseReceived } from '../../src/connection/receive-buffers.ts'
import { filePull } from '../../src/index.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { serve } from '../servers/server.ts'

test('small answers share a buffer, and none overwrites another', () => {
  const { receive, chunks } = receiver()
  for (let n = 0; n < 100; n++) receive(300, n)
  assert.equal(new Set(chunks.map(({ buffer }) => buffer)).size, 1)
  assert.ok(chunks.every((chunk, n) => chunk.equals(Buffer.alloc(300, n))))
})

test('a buffer is used again once all of its bytes are released, and not before', () => {
  const { receive, chunks } = receiver()
  receive(30_000, 1)
  receive(30_000, 2)
  const [first, second] = chunks.splice(0) as [Buffer, Buffer]
  assert.equal(first.buffer, second.buffer)
  releaseReceived(first)
  for (let n = 0; n < 100; n++) receive(64 * 1024, 3)
  assert.ok(!chunks.some(({ buffer }) => buffer === first.buffer))
  assert.ok(second.equals(Buffer.alloc(30_000, 2)))
  releaseReceived(second)
  receive(64 * 1024, 4)
  receive(64 * 1024, 5)
  assert.ok(chunks.some(({ buffer }) => buffer === first.buffer))
})

test('releasing bytes of another origin has no effect', () => {
  const own = Buffer.allocUnsafeSlow(64 * 1024).fill('own')
  releaseReceived(own)
  const { receive, chunks } = receiver()
  for (let n = 0; n < 100; n++) receive(64 * 1024, 1)
  assert.ok(!chunks.some(({ buffer }) => buffer === own.buffer))
})

test('a full buffer is replaced', () => {
  const { receive, chunks } = receiver()
  receive(64 * 1024, 1)
  receive(64 * 1024, 2)
  assert.notEqual(chunks[0]?.buffer, chunks[1]?.buffer)
  assert.ok(chunks[0]?.equals(Buffer.alloc(64 * 1024, 1)))
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
      Readable.from(slices(bytes, 1000 + Number(path.slice(1)) * 9000)).pipe(response)
      return undefined
    },
    { onSocket: true },
  )
  const dir = createTempFolder()
  const pulls = [...files].map(async ([path, bytes]) => {
    const target = join(dir, path)
    await filePull(root.path('1.0', 'instances', 'web'), path, target)
    const { metadata } = await api.profiles.path(path).get()
    assert.equal(metadata.url, `/1.0/profiles/%2F${path.slice(1)}`)
    assert.equal(digest(await readFile(target)), digest(bytes), path)
  })
  await Promise.all(pulls)
})

/** What a socket would receive, each time into what it is told to. */
function receiver(): { receive: (bytes: number, value: number) => void; chunks: Buffer[] } {
  const chunks: Buffer[] = []
  const socket = { push: (chunk: Buffer) => chunks.push(chunk) > 0 }
  // Safe cast: nothing but push() is used.
  const { buffer, callback } = createOnRead(() => socket as unknown as Socket)
  const receive = (bytes: number, value: number): void => {
    const into = (buffer as () => Uint8Array)()
    assert.ok(bytes <= into.length, 'a socket brings no more than there is room for')
    callback(bytes, into.fill(value, 0, bytes))
  }
  return { receive, chunks }
}

function* slices(bytes: Buffer, size: number): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
