import assert from 'node:assert/strict'
import { test } from 'node:test'
import { APIException, APINotFoundException } from '../../src/index.ts'
import { rejection } from '../servers/operation-server.ts'
import { type Answer, failure, type Received, type Reply, serve } from '../servers/server.ts'

const QUERY = { path: '/etc/passwd/x' }
const WORDS = 'sftp: "lstat /etc/passwd/x: not a directory" (SSH_FX_FAILURE)'

function show({ method, url }: Received): string {
  return `${method} ${url}`
}

function answering(head: Reply, get: ReturnType<Answer>): Answer {
  return ({ method }) => (method === 'HEAD' ? head : get)
}

test('a HEAD that fails with HTTP 500 has the words that a GET is answered', async t => {
  const { api, received, origin } = await serve(t, answering({ status: 500 }, failure(500, WORDS)))
  const error = await rejection(api.files.head({ query: QUERY, headers: { 'X-One': '1' } }))
  assert.equal(error.constructor, APIException)
  assert.equal(error.error, WORDS)
  assert.equal(error.message, `GET ${origin}/1.0/files?path=%2Fetc%2Fpasswd%2Fx ${WORDS}`)
  const url = '/1.0/files?path=%2Fetc%2Fpasswd%2Fx'
  assert.deepEqual(received.map(show), [`HEAD ${url}`, `GET ${url}`])
  assert.equal(received[1]?.headers['x-one'], '1')
})

test('it has the class of what the GET is answered', async t => {
  const { api } = await serve(t, answering({ status: 500 }, failure(404, 'not found')))
  assert.ok((await rejection(api.files.head())) instanceof APINotFoundException)
})

test('a GET that succeeds counts, and its body is dropped unread', async t => {
  let isClosed = false
  const { api } = await serve(t, ({ method }, response) => {
    if (method === 'HEAD') return { status: 500 }
    response.on('close', () => {
      isClosed = true
    })
    response.writeHead(200, { 'X-LXD-type': 'file', 'X-LXD-uid': '7' })
    response.write('the beginning')
    return undefined
  })
  const result = await api.files.head()
  assert.equal(result.response.statusCode, 200)
  assert.equal(result.response.headers['x-incus-uid'], '7')
  assert.equal(result.body, undefined)
  assert.equal(result.data, undefined)
  while (!isClosed) await new Promise(resolve => setImmediate(resolve))
})

test('a GET that nothing answers, as of a pipe, leaves the failure of the HEAD', async t => {
  const { api, origin } = await serve(t, ({ method }) => (method === 'HEAD' ? { status: 500 } : undefined))
  const error = await rejection(api.files.head({ idleTimeout: 0.2 }))
  assert.equal(error.message, `HEAD ${origin}/1.0/files HTTP 500 Internal Server Error`)
  assert.equal(error.statusCode, 500)
})

test('a signal ends that GET too', async t => {
  const controller = new AbortController()
  const { api } = await serve(t, ({ method }) => {
    if (method === 'HEAD') return { status: 500 }
    controller.abort(new Error('enough'))
    return undefined
  })
  await assert.rejects(api.files.head({ signal: controller.signal }), /^Error: enough$/)
})

test('a HEAD that fails in another way is not asked again', async t => {
  for (const status of [400, 403, 404, 501]) {
    const { api, received } = await serve(t, { status })
    assert.equal((await rejection(api.files.head())).statusCode, status)
    assert.equal(received.length, 1)
  }
})
