import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { createContext, runInContext } from 'node:vm'
import { APIException } from '../../src/index.ts'
import { describeBody, isJsonBody, isStream } from '../../src/request/body.ts'
import { connect, listen, serve, socketPath, sync, until, untilStill } from '../servers/server.ts'

const BYTES = Buffer.from([0, 1, 0xff, 0x80, 0x0a])

test('plain objects and arrays are JSON, those of another realm too', () => {
  const nullProto = Object.assign(Object.create(null), { a: 1 })
  for (const body of [{}, { a: 1 }, [], nullProto, runInContext('({ a: 1 })', createContext())]) {
    assert.equal(isJsonBody(body), true)
  }
})

test('text, bytes, streams, blobs and forms are sent as they are', () => {
  const raw = [
    '',
    'text',
    BYTES,
    new Uint16Array(1),
    new Blob([]),
    new FormData(),
    Readable.from([]),
    new ReadableStream(),
  ]
  for (const body of raw) assert.equal(isJsonBody(body), false)
})

test('what can be sent in no way is refused by its name', () => {
  class Instance {}
  const refused = [
    [new Map(), 'Map'],
    [new Date(0), 'Date'],
    [new Instance(), 'Instance'],
    [5, 'number 5'],
    [true, 'boolean true'],
    [() => 1, 'function'],
    [Promise.resolve({}), 'a promise: await it first'],
  ] as const
  for (const [body, name] of refused) {
    assert.throws(() => isJsonBody(body as object), {
      name: 'TypeError',
      message: new RegExp(`, not ${name}`),
    })
  }
})

test('isStream() knows what can be sent only once', () => {
  for (const body of [Readable.from([]), new ReadableStream(), Readable.from([])[Symbol.asyncIterator]()]) {
    assert.ok(isStream(body))
  }
  for (const body of ['', BYTES, new Blob([]), new FormData(), {}, []]) assert.ok(!isStream(body))
})

test('describeBody() tells the size and never what is in it', () => {
  assert.equal(describeBody('secrét'), '<7 bytes>')
  assert.equal(describeBody(BYTES), '<5 bytes>')
  assert.equal(describeBody(new Blob(['secret'])), '<Blob, 6 bytes>')
  assert.equal(describeBody(new FormData()), '<FormData>')
  assert.equal(describeBody(Readable.from(['secret'])), '<stream>')
})

test('JSON arrives as JSON, with its content type unless another is given', async t => {
  const { api, received } = await serve(t, sync(null))
  await api.post({ name: 'wéb', nothing: undefined, list: [1, null] })
  await api.post([], { headers: { 'Content-Type': 'application/merge-patch+json' } })
  assert.deepEqual(JSON.parse(String(received[0]?.body)), { name: 'wéb', list: [1, null] })
  assert.equal(received[0]?.headers['content-type'], 'application/json')
  assert.equal(String(received[1]?.body), '[]')
  assert.equal(received[1]?.headers['content-type'], 'application/merge-patch+json')
})

test('no body is no body, and null is none', async t => {
  const { api, received } = await serve(t, sync(null))
  await api.post()
  await api.post(null)
  await api.post('')
  for (const { body, headers } of received) {
    assert.equal(body.length, 0)
    assert.equal(headers['content-type'], undefined)
    assert.equal(headers['content-length'], '0')
  }
})

test('raw bodies of every kind arrive byte for byte', async t => {
  const { api, received } = await serve(t, sync(null))
  const half = new Uint8Array(BYTES.buffer, BYTES.byteOffset + 1, 3)
  const bodies: readonly (readonly [object | string, Buffer])[] = [
    ['wéb', Buffer.from('wéb')],
    [BYTES, BYTES],
    [half, BYTES.subarray(1, 4)],
    [new Blob([BYTES]), BYTES],
    [Readable.from([BYTES, BYTES]), Buffer.concat([BYTES, BYTES])],
    [new Blob([BYTES]).stream(), BYTES],
    [generate(BYTES), BYTES],
  ]
  for (const [body, expected] of bodies) {
    await api.post(body)
    assert.deepEqual(received.at(-1)?.body, expected)
  }
})

test('a form arrives as multipart, its files with their names and in their order', async t => {
  const { api, received } = await serve(t, sync(null))
  const form = new FormData()
  form.append('metadata', new Blob(['first'], { type: 'application/x-xz' }), 'metadata.tar.xz')
  form.append('rootfs', new Blob([BYTES]), 'rootfs.squashfs')
  form.append('note', 'wéb')
  await api.images.post(form)
  const { headers, body } = received[0] ?? assert.fail('nothing arrived')
  const read = await new Response(new Uint8Array(body), {
    headers: { 'content-type': String(headers['content-type']) },
  }).formData()
  assert.deepEqual([...read.keys()], ['metadata', 'rootfs', 'note'])
  const rootfs = read.get('rootfs')
  assert.ok(rootfs instanceof Blob && 'name' in rootfs)
  assert.equal(rootfs.name, 'rootfs.squashfs')
  assert.deepEqual(Buffer.from(await rootfs.arrayBuffer()), BYTES)
  assert.equal(read.get('note'), 'wéb')
})

test('a stream waits for a server that does not read, instead of piling up; an abort destroys it', async t => {
  const path = socketPath()
  const { api } = connect(t, { baseUrl: await listen(t, createServer({ pauseOnConnect: true }), path) })
  const controller = new AbortController()
  let produced = 0
  const stream = new Readable({
    read() {
      produced += 65_536
      this.push(produced > 256 * 2 ** 20 ? null : Buffer.alloc(65_536))
    },
  })
  const call = api.images.post(stream, { signal: controller.signal })
  call.catch(() => {})
  await until(() => produced > 65_536)
  assert.ok((await untilStill(() => produced)) < 16 * 2 ** 20, `${produced} bytes`)
  controller.abort(new Error('enough'))
  await assert.rejects(call, /enough/)
  await until(() => stream.destroyed)
})

test('a stream that fails is an APIException that says so, whichever kind it is', async t => {
  const { api } = await serve(t, sync(null))
  const mine = new Error('disk on fire')
  const streams = [
    new Readable({ read: () => {} }).on('resume', () => {}),
    new ReadableStream({ pull: controller => controller.error(mine) }),
    fail(mine),
  ]
  setImmediate(() => (streams[0] as Readable).destroy(mine))
  for (const stream of streams) {
    const error: unknown = await api.images.post(stream).catch(reason => reason)
    assert.ok(error instanceof APIException)
    assert.match(error.message, /\/1\.0\/images The stream to send failed: Error: disk on fire$/)
    assert.equal(error.name, 'APIException')
    assert.equal(error.cause, mine)
  }
})

test('a refusal in the middle of an upload is told in the words of the server', async t => {
  const server = createServer(socket => {
    const json = '{"type":"error","error_code":413,"error":"too large"}'
    const head = `HTTP/1.1 413 Too Large\r\ncontent-type: application/json\r\ncontent-length: ${json.length}\r\n\r\n`
    socket.once('data', () => socket.end(head + json))
    socket.on('error', () => {})
  })
  const { api } = connect(t, { baseUrl: await listen(t, server) })
  const endless = new Readable({
    read() {
      this.push(Buffer.alloc(65_536))
    },
  })
  await assert.rejects(api.images.post(endless), {
    name: 'APIException',
    error: 'too large',
    statusCode: 413,
  })
})

async function* generate(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function* fail(error: Error): AsyncGenerator<Uint8Array> {
  yield BYTES
  throw error
}
