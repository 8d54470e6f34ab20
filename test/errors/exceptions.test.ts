import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import {
  APICancelledException,
  APIConnectionException,
  APIException,
  APIForbiddenException,
  APINotFoundException,
  APIOperationException,
  APIPreconditionFailedException,
  APITimeoutException,
} from '../../src/index.ts'
import { type Answer, connect, failure, serve, socketPath, started, sync } from '../servers/server.ts'

const CLASSES = [
  [400, APIException],
  [401, APIForbiddenException],
  [403, APIForbiddenException],
  [404, APINotFoundException],
  [409, APIException],
  [412, APIPreconditionFailedException],
  [423, APIException],
  [429, APIException],
  [500, APIException],
  [501, APIException],
  [503, APIException],
] as const

test('each status has its class, and METHOD url error for a message', async t => {
  for (const [status, Exception] of CLASSES) {
    const { api, origin } = await serve(t, failure(status, 'in the words of the server'), { onSocket: true })
    const error = await rejection(api.instances.web?.put({}))
    assert.equal(error.constructor, Exception)
    assert.equal(error.name, Exception.name)
    assert.equal(error.message, `PUT ${origin}/1.0/instances/web in the words of the server`)
    assert.equal(String(error), `${Exception.name}: ${error.message}`)
    assert.equal(error.statusCode, status)
  }
})

test('an error in the envelope of HTTP 200 counts as much', async t => {
  for (const [status, Exception] of CLASSES) {
    const { api } = await serve(t, failure(status, 'boom', 200))
    const error = await rejection(api.get())
    assert.equal(error.constructor, Exception)
    assert.equal(error.statusCode, status)
    assert.equal(error.result?.response.statusCode, 200)
  }
})

test('a redirect is not followed: credentials go where they were meant to', async t => {
  const elsewhere = { location: 'https://10.0.0.9:8443/1.0/instances/web' }
  for (const status of [301, 307, 308]) {
    const { api, received } = await serve(t, { status, headers: elsewhere, body: '<a>moved</a>' })
    const error = await rejection(api.instances.web?.get())
    assert.equal(error.constructor, APIException)
    assert.equal(error.statusCode, status)
    assert.match(
      error.message,
      /it is at https:\/\/10\.0\.0\.9:8443\/1\.0\/instances\/web, where lxdapi does not follow$/,
    )
    assert.equal(received.length, 1)
  }
})

test('HTTP 304 is no failure', async t => {
  const { api } = await serve(t, { status: 304 })
  assert.equal((await api.get({ headers: { 'If-None-Match': '"1"' } })).response.statusCode, 304)
})

test('it has the whole transaction', async t => {
  const { api } = await serve(t, failure(404, 'Instance not found'))
  const error = await rejection(api.instances.web?.put({ config: {} }))
  assert.equal(error.error, 'Instance not found')
  assert.deepEqual(error.request.body, { config: {} })
  assert.equal(error.result?.request, error.request)
  assert.deepEqual(error.result?.data, failure(404, 'Instance not found').json)
})

test('the children are what a script branches on', () => {
  const children = [
    APINotFoundException,
    APIForbiddenException,
    APIPreconditionFailedException,
    APIOperationException,
    APITimeoutException,
    APIConnectionException,
  ]
  for (const Exception of children) assert.ok(Exception.prototype instanceof APIException)
  assert.ok(APICancelledException.prototype instanceof APIOperationException)
  assert.ok(APIException.prototype instanceof Error)
})

test('a failure without words is told by its status', async t => {
  const { api } = await serve(t, { status: 418, json: { type: 'error', error: '', error_code: 418 } })
  assert.equal((await rejection(api.get())).error, "HTTP 418 I'm a Teapot")
})

test('where nothing answered there is a cause, and no result', async t => {
  const { api } = connect(t, { socketPath: socketPath() })
  const error = await rejection(api.get())
  assert.ok(error instanceof APIConnectionException)
  assert.equal((error.cause as NodeJS.ErrnoException).code, 'ENOENT')
  assert.equal(error.result, undefined)
  assert.equal(error.statusCode, undefined)
})

test('its stack begins with the message, and names the file of the caller', async t => {
  const SUCCESS = sync({ id: '1', class: 'task', status_code: 400, err: 'boom' })
  const answer: Answer = ({ url }) =>
    url === '/1.0/start' ? started() : url.includes('wait') ? SUCCESS : undefined
  const { api } = await serve(t, ({ url, ...rest }, response) =>
    url === '/1.0/nope' ? failure(404, 'no') : answer({ url, ...rest }, response),
  )
  const nobody = connect(t, { baseUrl: 'http://127.0.0.1:1' })
  const callers = [
    async function callNope() {
      await api.path('nope').get()
    },
    async function callNobody() {
      await nobody.api.get()
    },
    async function callSilent() {
      await api.path('silent').get({ idleTimeout: 0.01 })
    },
    async function callAndWait() {
      await api.path('start').post().wait()
    },
    async function callThenWait() {
      const result = await api.path('start').post()
      await result.wait()
    },
  ]
  for (const caller of callers) {
    const error = await rejection(caller())
    const { stack = '' } = error
    assert.ok(stack.startsWith(`${error.name}: ${error.message}\n`))
    assert.match(stack, new RegExp(`at async ${caller.name} \\(.*exceptions\\.test\\.ts:\\d+`), error.stack)
  }
})

test('console.log shows what happened, and neither the request nor the result', async t => {
  const json = { type: 'error', error: 'no', error_code: 400, metadata: 'hunter2' }
  const { api } = await serve(t, { status: 400, json })
  const error = await rejection(api.post({ name: 'hunter2' }, { headers: { authorization: 'hunter2' } }))
  const shown = inspect(error, { depth: 9 })
  assert.match(shown, /statusCode: 400/)
  assert.doesNotMatch(shown, /hunter2/)
  assert.deepEqual(Object.keys(error).sort(), ['error', 'statusCode'])
})

test('secrets in the words of the server and in the URL are not in the message', async t => {
  const { api } = await serve(t, failure(400, 'GET /1.0/x?secret=hunter2: no'))
  const error = await rejection(api.get({ query: { secret: 'hunter2' } }))
  assert.doesNotMatch(String(error) + error.error + error.stack, /hunter2/)
})

async function rejection(promise: Promise<unknown> | undefined): Promise<APIException> {
  const error: unknown = await promise?.then(
    () => assert.fail('It did not reject'),
    reason => reason,
  )
  assert.ok(error instanceof APIException, String(error))
  return error
}
