import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { APITimeoutException } from '../../src/index.ts'
import { connect, listen, type Reply, serve, sync } from '../servers/server.ts'

const LOOKS_LIKE_JSON = '{"type":"error","error":"no"}'

test('a file that looks like JSON is still a file, whatever its content type', async t => {
  for (const spelling of ['X-LXD-type', 'X-Incus-type']) {
    for (const type of ['file', 'symlink']) {
      const headers = { 'content-type': 'application/json', [spelling]: type }
      const { api } = await serve(t, { headers, body: LOOKS_LIKE_JSON })
      const result = await api.files.get()
      assert.equal(result.data, undefined)
      assert.equal(await result.text(), LOOKS_LIKE_JSON)
    }
  }
})

test('a directory is an envelope with the names', async t => {
  const { api } = await serve(t, sync(['a', 'b'], { 'X-LXD-type': 'directory' }))
  const { metadata, body } = await api.files.get()
  assert.deepEqual(metadata, ['a', 'b'])
  assert.equal(body, undefined)
})

test('what is no JSON is an unread body, even where it looks like JSON', async t => {
  for (const type of ['text/plain', 'application/octet-stream', undefined]) {
    const headers = type === undefined ? {} : { 'content-type': type }
    const { api } = await serve(t, { headers, body: LOOKS_LIKE_JSON })
    const { data, body } = await api.get()
    assert.equal(data, undefined)
    assert.equal(body?.readableDidRead, false)
  }
})

test('an error is never an unread body', async t => {
  const reply: Reply = { status: 404, headers: { 'X-LXD-type': 'file' }, body: 'not here' }
  const { api } = await serve(t, reply)
  await assert.rejects(api.files.get(), { name: 'APINotFoundException', error: 'not here' })
})

test('an interim answer is not the answer', async t => {
  const { api } = await serve(t, (_request, response) => {
    response.writeProcessing()
    return sync('the answer')
  })
  assert.equal((await api.get()).metadata, 'the answer')
})

test('a signal aborts a call before it is sent, with its own reason', async t => {
  const { api, received } = await serve(t, sync(null))
  const reason = { not: 'even an error' }
  await assert.rejects(api.get({ signal: AbortSignal.abort(reason) }), error => error === reason)
  assert.deepEqual(received, [])
})

test('a signal aborts a call while it is connecting', async t => {
  // TLS with a server that says nothing stays in its handshake.
  const origin = await listen(t, createServer({ pauseOnConnect: true }))
  const { root, api } = connect(t, { baseUrl: origin.replace('http:', 'https:'), cert: undefined })
  const controller = new AbortController()
  const reason = new Error('enough')
  const call = api.get({ signal: controller.signal })
  setImmediate(() => controller.abort(reason))
  await assert.rejects(call, reason)
  assert.ok(root)
})

test('a signal aborts a call that waits for its answer', async t => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const { api } = await serve(t, () => void controller.abort(reason))
  await assert.rejects(api.get({ signal: controller.signal }), reason)
})

test('a signal that is aborted after the answer changes nothing', async t => {
  const controller = new AbortController()
  const { api } = await serve(t, sync('answer'))
  const result = await api.get({ signal: controller.signal })
  controller.abort()
  assert.equal(result.metadata, 'answer')
})

test('one signal serves many calls at once', async t => {
  const { api } = await serve(t, sync(null))
  const { signal } = new AbortController()
  const warnings: Error[] = []
  const warn = (warning: Error): unknown => warnings.push(warning)
  process.on('warning', warn)
  await Promise.all(Array.from({ length: 50 }, () => api.get({ signal })))
  await new Promise(resolve => setImmediate(resolve))
  process.off('warning', warn)
  assert.deepEqual(warnings, [])
})

test('AbortSignal.timeout() ends a call with its own TimeoutError', async t => {
  const { api } = await serve(t, () => undefined)
  await assert.rejects(api.get({ signal: AbortSignal.timeout(10) }), { name: 'TimeoutError' })
})

test('a server that is silent for longer than the timeout is an APITimeoutException', async t => {
  const { api, origin } = await serve(t, () => undefined)
  await assert.rejects(api.get({ idleTimeout: 0.05 }), (error: Error) => {
    assert.ok(error instanceof APITimeoutException)
    assert.equal(error.message, `GET ${origin}/1.0 The server was silent for 0.05 s`)
    return true
  })
})

test('a server that falls silent in the middle of its answer is an APITimeoutException too', async t => {
  const { api } = await serve(t, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"type"')
    return undefined
  })
  await assert.rejects(api.get({ idleTimeout: 0.05 }), APITimeoutException)
})
