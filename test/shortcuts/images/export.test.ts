import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { type TestContext, test } from 'node:test'
import { APIException, APITransferException, copy, exportTo } from '../../../src/index.ts'
import { fileHead, jsonAnswer, type OnRequest, serveRaw } from '../../servers/raw-server.ts'

const bytes = Buffer.alloc(100_000, 'image')
const fingerprint = createHash('sha256').update(bytes).digest('hex')
// The first characters do.
const asked = fingerprint.slice(0, 12)
const form = [
  '--b\r\nContent-Disposition: form-data; name="metadata"; filename="m"\r\n\r\n',
  bytes.subarray(0, 1000),
  '\r\n--b\r\nContent-Disposition: form-data; name="rootfs"; filename="r"\r\n\r\n',
  bytes.subarray(1000),
  '\r\n--b--\r\n',
].map(part => Buffer.from(part as string))
const formType = 'multipart/form-data; boundary=b'

test('exportTo() of an image that is not what its fingerprint says leaves nothing behind', async t => {
  const dir = await temporary(t)
  const wrong = Buffer.from(bytes)
  wrong[50_000] = 0
  const { api, assertNoLeak } = await serveRaw(t, serveImage({}, wrong))
  await assert.rejects(exportTo(api.path('1.0', 'images', asked), join(dir, 'image')), (error: unknown) => {
    assert.ok(error instanceof APIException)
    assert.match(
      error.message,
      new RegExp(`/images/${fingerprint}/export What arrived has the fingerprint \\w{64}$`),
    )
    return true
  })
  assert.deepEqual(await readdir(dir), [])
  await assertNoLeak()
})

test('exportTo() to a stream destroys it instead of ending it, if it is the wrong image', async t => {
  const { api } = await serveRaw(t, serveImage({}, Buffer.from('something else')))
  let size = 0
  const target = new Writable({
    write(piece: Buffer, _encoding, callback) {
      size += piece.length
      callback()
    },
  })
  const ended = assert.rejects(finished(target), /has the fingerprint/)
  await assert.rejects(exportTo(api.path('1.0', 'images', asked), target), /has the fingerprint/)
  await ended
  assert.equal(size, 14)
})

test('exportTo() of a split image writes both parts, and tells its progress in bytes of the image', async t => {
  const dir = await temporary(t)
  const { api } = await serveRaw(t, serveImage({ 'content-type': formType }, Buffer.concat(form)))
  const told: unknown[] = []
  const files = await exportTo(api.path('1.0', 'images', asked), join(dir, 'image'), {
    onProgress: step => told.push(step),
  })
  assert.deepEqual(files, {
    metadata: join(dir, 'image'),
    rootfs: join(dir, 'image.root'),
    type: 'container',
  })
  assert.deepEqual(await readFile(join(dir, 'image')), bytes.subarray(0, 1000))
  assert.deepEqual(await readFile(join(dir, 'image.root')), bytes.subarray(1000))
  assert.deepEqual(told.at(-1), { bytes: bytes.length, total: bytes.length })
})

for (const [where, length] of [
  ['in its first part', 200],
  ['in its second part', 50_000],
  ['before its end is told', Buffer.concat(form).length - 10],
] as const) {
  test(`exportTo() of a split image that is cut ${where} leaves neither file behind`, async t => {
    const dir = await temporary(t)
    const cut: OnRequest = serveImage({ 'content-type': formType }, Buffer.concat(form).subarray(0, length))
    const { api, assertNoLeak } = await serveRaw(t, cut)
    await assert.rejects(exportTo(api.path('1.0', 'images', asked), join(dir, 'image')))
    assert.deepEqual(await readdir(dir), [])
    await assertNoLeak()
  })
}

test('exportTo() of a split image to a stream is refused', async t => {
  const { api, assertNoLeak } = await serveRaw(
    t,
    serveImage({ 'content-type': formType }, Buffer.concat(form)),
  )
  await assert.rejects(exportTo(api.path('1.0', 'images', asked), new Writable()), TypeError)
  await assertNoLeak()
})

test('copy() from a server that cuts is an exception that names it, and the other gets nothing', async t => {
  const to = await serveRaw(t, ({ head, socket }) => {
    if (head.startsWith('GET')) socket.write(jsonAnswer(404, { type: 'error', error: 'not found' }))
  })
  const from = await serveRaw(t, request => {
    if (!request.head.includes('/export')) return serveImage({}, bytes)(request)
    request.socket.write(fileHead({ 'content-length': bytes.length }))
    return request.socket.end(bytes.subarray(0, 70_000))
  })
  await assert.rejects(
    copy(from.api.path('1.0', 'images', asked), to.api.path('1.0', 'images')),
    (error: unknown) => {
      assert.ok(error instanceof APITransferException)
      assert.match(error.message, /^GET \S+\/export .*, after 70000 of 100000 bytes$/)
      return true
    },
  )
  assert.deepEqual(to.requests, [`GET /1.0/images/${fingerprint}`, 'POST /1.0/images'])
  await to.api.close()
  await from.assertNoLeak()
})

// Answers whatever is asked for: the image's metadata, or the image itself.
function serveImage(headers: Readonly<Record<string, string>>, body: Buffer): OnRequest {
  return ({ head, socket }) => {
    if (!head.includes('/export')) {
      const metadata = { fingerprint, size: bytes.length, type: 'container', properties: {}, public: false }
      return socket.write(jsonAnswer(200, { type: 'sync', metadata }))
    }
    socket.write(fileHead({ 'transfer-encoding': 'chunked', connection: 'close', ...headers }))
    socket.write(`${body.length.toString(16)}\r\n`)
    socket.write(body)
    return socket.end('\r\n0\r\n\r\n')
  }
}

async function temporary(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'lxdapi-test-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return dir
}
