import assert from 'node:assert/strict'
import { test } from 'node:test'
import { APIForbiddenException, APINotFoundException } from '../../src/index.ts'
import { type Answer, type Reply, serve } from '../servers/server.ts'

function json(body: string): Reply {
  return { headers: { 'content-type': 'application/json' }, body }
}

function raw(body: string): Reply {
  return { headers: { 'content-type': 'application/octet-stream' }, body }
}

function refusal(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
}

// As a container got them from the /dev/lxd/sock of LXD 5.0.2; those of Incus 6.0.4 are the same.
const ANSWERS: Readonly<Record<string, Reply>> = {
  '/1.0': json('{"state":"","api_version":"1.0","instance_type":"container","location":"none"}\n'),
  '/1.0/config': json('["/1.0/config/user.json","/1.0/config/user.role"]\n'),
  '/1.0/config/user.role': raw('web'),
  '/1.0/config/user.json': raw('{"a":1}'),
  '/1.0/config/nope': refusal(403, 'not authorized\n'),
  '/1.0/meta-data': raw('#cloud-config\ninstance-id: 19027339\nlocal-hostname: c1\n'),
  '/1.0/devices': json('{"root":{"path":"/","pool":"default","type":"disk"}}\n'),
}
const answer: Answer = ({ url }) => ANSWERS[url] ?? refusal(404, '404 page not found\n')

test('over the guest socket the document itself is the metadata', async t => {
  const { api, received } = await serve(t, answer, { onSocket: true })
  const { metadata, data } = await api.get()
  assert.equal(metadata.instance_type, 'container')
  assert.equal(metadata, data)
  assert.deepEqual((await api.config.get()).metadata, ['/1.0/config/user.json', '/1.0/config/user.role'])
  assert.equal((await api.devices.get()).metadata.root.pool, 'default')
  assert.deepEqual(
    received.map(({ url, headers }) => `${headers.host} ${url}`),
    ['localhost /1.0', 'localhost /1.0/config', 'localhost /1.0/devices'],
  )
})

test('over the guest socket the value of a key is a body, JSON or not', async t => {
  const { root, api } = await serve(t, answer, { onSocket: true })
  assert.equal(await (await api.config.path('user.role').get()).text(), 'web')
  const { metadata: urls } = await api.config.get()
  assert.deepEqual(await (await root.forUrl(urls[0]).get()).json(), { a: 1 })
})

test('over the guest socket the metadata for cloud-init is a body', async t => {
  const { api } = await serve(t, answer, { onSocket: true })
  assert.match(await (await api['meta-data'].get()).text(), /^#cloud-config\ninstance-id: 19027339$/m)
})

test('over the guest socket errors are text', async t => {
  const { api } = await serve(t, answer, { onSocket: true })
  await assert.rejects(api.nope.get(), (error: unknown) => {
    assert.ok(error instanceof APINotFoundException)
    assert.equal(error.error, '404 page not found')
    return true
  })
  await assert.rejects(api.config.nope.get(), (error: unknown) => {
    assert.ok(error instanceof APIForbiddenException)
    assert.match(error.message, /^GET http\+unix:\S+\/1\.0\/config\/nope not authorized$/)
    return true
  })
})
