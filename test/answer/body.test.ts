import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { APIConnectionException, APIException } from '../../src/index.ts'
import { type Answer, serve, until, untilStill } from '../servers/server.ts'

const BIG = 64 * 2 ** 20

test('a body that nobody reads lets the server wait, and destroy() ends the connection', async t => {
  const endless = serveEndless()
  const { api } = await serve(t, endless.answer, { onSocket: true })
  const { body } = await api.logs.get()
  assert.ok((await untilStill(endless.written)) < BIG / 4, `${endless.written()} bytes`)
  body?.destroy()
  await until(endless.isCut)
})

test('a body that is read slowly arrives whole', async t => {
  const bytes = randomBytes(3 * 2 ** 20)
  const { api } = await serve(t, { body: bytes })
  const { body } = await api.logs.get()
  const chunks: Buffer[] = []
  for await (const chunk of body ?? []) {
    chunks.push(chunk)
    await new Promise(resolve => setImmediate(resolve))
  }
  assert.ok(Buffer.concat(chunks).equals(bytes))
})

test('what the server compressed for the way is given as it was', async t => {
  const { api } = await serve(t, { headers: { 'Content-Encoding': 'gzip' }, body: gzipSync('lxd_cpu 1\n') })
  assert.equal(await (await api.metrics.get()).text(), 'lxd_cpu 1\n')
})

test('a file that is gzip itself stays as it is', async t => {
  const bytes = gzipSync('content')
  const { api } = await serve(t, { headers: { 'Content-Type': 'application/gzip' }, body: bytes })
  assert.deepEqual(await (await api.get()).bytes(), bytes)
})

test('gzip that is cut short is an error of the body, read or not', async t => {
  const bytes = gzipSync('content').subarray(0, 20)
  const { api } = await serve(t, { headers: { 'Content-Encoding': 'gzip' }, body: bytes })
  const [read, unread] = await Promise.all([api.get(), api.get()])
  await assert.rejects(read.text(), (error: unknown) => {
    assert.ok(error instanceof APIException)
    assert.match(error.message, /^GET http\S+\/1\.0 The answer is not valid gzip: unexpected end of file$/)
    assert.equal((error.cause as NodeJS.ErrnoException).code, 'Z_BUF_ERROR')
    return true
  })
  await until(() => unread.body?.destroyed ?? false)
})

test('a connection that is cut tells whoever reads on, and nobody else', async t => {
  const cut: Answer = (_request, response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('abc', () => response.socket?.end())
    return undefined
  }
  const { api } = await serve(t, cut)
  const [read, unread, late] = await Promise.all([api.get(), api.get(), api.get()])
  await assert.rejects(read.text(), APIConnectionException)
  await until(() => (unread.body?.destroyed && late.body?.destroyed) ?? false)
  await assert.rejects(late.text(), APIConnectionException)
})

test('a signal ends a body in the middle with its reason', async t => {
  const controller = new AbortController()
  const endless = serveEndless()
  const { api } = await serve(t, endless.answer)
  const result = await api.logs.get({ signal: controller.signal })
  const reason = new Error('enough')
  result.body?.once('data', () => controller.abort(reason))
  await assert.rejects(result.text(), reason)
  await until(endless.isCut)
})

test('an abort is no uncaught error of a body that somebody listens to or pipes, compressed or not', async t => {
  const gzip = { 'content-encoding': 'gzip' }
  const answer: Answer = ({ url }, response) => {
    response.writeHead(200, url.endsWith('gzip') ? gzip : {})
    response.write(url.endsWith('gzip') ? gzipSync(randomBytes(100_000)) : randomBytes(100_000))
    return undefined
  }
  const { api } = await serve(t, answer)
  const controller = new AbortController()
  const reason = new Error('enough')
  const { signal } = controller
  const results = await Promise.all(['plain', 'gzip'].map(name => api.path(name).get({ signal })))
  for (const { body } of results) {
    const target = new PassThrough()
    body?.pipe(target)
    await once(target, 'data')
  }
  controller.abort(reason)
  for (const { body } of results) {
    await until(() => body?.destroyed ?? false)
    assert.equal(body?.errored, reason)
  }
})

function serveEndless() {
  let written = 0
  let isCut = false
  const answer: Answer = (_request, response) => {
    response.on('close', () => {
      isCut = true
    })
    const write = (): void => {
      while (!isCut && written < BIG) {
        written += 65_536
        if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', write)
      }
    }
    write()
    return undefined
  }
  return { answer, written: () => written, isCut: () => isCut }
}
