import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { APIConnectionException, APIException } from '../../src/index.ts'
import { type Reply, serve } from '../servers/server.ts'

const JSON_HEADERS = { 'content-type': 'application/json' }

function broken(body: string): Reply {
  return { headers: JSON_HEADERS, body }
}

test('JSON that is broken, cut short or empty is an APIException that shows the transaction', async t => {
  for (const body of ['', '{', '{"type":"sync","metadata":', '{"type":"sync"}}', '<h1>It works</h1>', '"']) {
    const { api, origin } = await serve(t, broken(body))
    const error: unknown = await api.instances.get().catch(reason => reason)
    assert.ok(error instanceof APIException)
    assert.equal(error.name, 'APIException')
    assert.ok(
      error.message.startsWith(`GET ${origin}/1.0/instances The answer is not valid JSON: SyntaxError`),
    )
    assert.equal(error.result?.response.statusCode, 200)
  }
})

test('the exception for broken JSON quotes nothing of what is in it', async t => {
  const secret = 'hunter2hunter2'
  const whole = JSON.stringify({ metadata: { fds: { control: secret }, list: [1, secret, null] } })
  let body = ''
  const { api } = await serve(t, () => broken(body))
  const mutation = fc.tuple(fc.nat(whole.length), fc.nat(3), fc.string())
  await fc.assert(
    fc.asyncProperty(mutation, async ([start, length, text]) => {
      body = whole.slice(0, start) + text + whole.slice(start + length)
      const error: unknown = await api.get().catch(reason => reason)
      // Some mutations are valid.
      if (error instanceof APIException) assert.doesNotMatch(error.message, /hunter|ter2/)
    }),
    { numRuns: 500 },
  )
})

test('an answer shorter than it said is an APIConnectionException', async t => {
  const { api } = await serve(t, (_request, response) => {
    response.writeHead(200, { ...JSON_HEADERS, 'content-length': 100 })
    response.write('{"type":"sync"', () => response.socket?.end())
    return undefined
  })
  await assert.rejects(api.get(), APIConnectionException)
})

test('JSON arrives whole in however many pieces', async t => {
  const bytes = Buffer.from(JSON.stringify({ type: 'sync', metadata: 'wéb 🐧' }))
  const { api } = await serve(t, (_request, response) => {
    response.writeHead(200, JSON_HEADERS)
    const writeFrom = (index: number): void => {
      if (index === bytes.length) response.end()
      else response.write(bytes.subarray(index, index + 1), () => setImmediate(writeFrom, index + 1))
    }
    writeFrom(0)
    return undefined
  })
  assert.equal((await api.get()).metadata, 'wéb 🐧')
})

test('an error that is no JSON is told as text, also where its content type claims otherwise', async t => {
  const plain = await serve(t, { status: 400, headers: { 'content-type': 'text/plain' }, body: 'Bad Host\n' })
  const lying = await serve(t, { status: 502, headers: JSON_HEADERS, body: '<h1>Bad Gateway</h1>' })
  const empty = await serve(t, { status: 500 })
  await assert.rejects(plain.api.get(), { error: 'Bad Host', statusCode: 400 })
  await assert.rejects(lying.api.get(), { error: '<h1>Bad Gateway</h1>', statusCode: 502 })
  await assert.rejects(empty.api.get(), { error: 'HTTP 500 Internal Server Error', statusCode: 500 })
})

test('what has no body has no data either, whatever its content type', async t => {
  for (const status of [204, 304]) {
    const { api } = await serve(t, { status, headers: JSON_HEADERS })
    const { data, metadata } = await api.get()
    assert.equal(data, undefined)
    assert.equal(metadata, undefined)
  }
})

test('a HEAD has the headers, and nothing to read', async t => {
  const file = { 'X-LXD-type': 'file', 'X-LXD-mode': '0644', 'content-length': 10 }
  const { api } = await serve(t, ({ url }) => ({ headers: url.endsWith('file') ? file : JSON_HEADERS }))
  const json = await api.head()
  assert.equal(json.data, undefined)
  assert.equal(json.response.headers['content-type'], 'application/json')
  const { response, data, body } = await api.path('file').head()
  assert.equal(response.headers['x-incus-mode'], '0644')
  assert.equal(data, undefined)
  assert.equal(body, undefined)
})

test('a HEAD that fails is told by its status', async t => {
  const { api } = await serve(t, { status: 404, headers: JSON_HEADERS })
  await assert.rejects(api.head(), { name: 'APINotFoundException', error: 'HTTP 404 Not Found' })
})
