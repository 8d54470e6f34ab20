import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { APITimeoutException } from '../../src/index.ts'
import { serve, sync } from '../servers/server.ts'

/** Answers a byte at a time, and never to the end. */
function drip(response: ServerResponse): undefined {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 20)
  response.once('close', () => clearInterval(timer))
}

test('timeout is the whole time of a call, also of an answer that comes a little at a time', async t => {
  const { api, origin } = await serve(t, (_received, response) => drip(response))
  await assert.rejects(api.get({ timeout: 0.1, idleTimeout: 5 }), (error: unknown) => {
    assert.ok(error instanceof APITimeoutException)
    assert.equal(error.message, `GET ${origin}/1.0 There was no answer within 0.1 s`)
    return true
  })
})

test('the timeout of the factory and of with() is that of all calls, unless they have their own', async t => {
  const { api } = await serve(t, (_received, response) => drip(response), { timeout: 0.1 })
  await assert.rejects(api.get(), /There was no answer within 0\.1 s/)
  await assert.rejects(api.with({ timeout: 0.2 }).get(), /There was no answer within 0\.2 s/)
  await assert.rejects(api.get({ timeout: 0.3 }), /There was no answer within 0\.3 s/)
})

test('a body that is read later is not cut by the timeout of its call', async t => {
  const { api } = await serve(t, (_received, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': 2 })
    response.write('a')
    setTimeout(() => response.end('b'), 600)
  })
  assert.equal(await (await api.get({ timeout: 0.1 })).text(), 'ab')
})

test('a wait takes as long as it is told, though a call may take but a moment', async t => {
  const operation = { id: '1', class: 'task', status: 'Running', status_code: 103, err: '' }
  const { api } = await serve(
    t,
    ({ method, url }, response) => {
      if (method === 'POST')
        return { status: 202, json: { type: 'async', operation: '/1.0/operations/1', metadata: operation } }
      if (!url.includes('/wait')) return sync(operation)
      setTimeout(() => {
        response.setHeader('content-type', 'application/json')
        response.end(
          JSON.stringify({ type: 'sync', metadata: { ...operation, status: 'Success', status_code: 200 } }),
        )
      }, 700)
      return undefined
    },
    { timeout: 0.2 },
  )
  const { metadata } = await api.path('x').post().wait()
  assert.equal(metadata.status_code, 200)
})
