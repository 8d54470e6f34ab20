import assert from 'node:assert/strict'
import { test } from 'node:test'
import { absent, createJoinToken, createTrustToken, readTrustToken } from '../../../src/index.ts'
import { failure, type Reply, serve, started, sync } from '../../servers/server.ts'

const TOKEN = { fingerprint: 'ab'.repeat(32), addresses: ['10.0.0.5:8443'], secret: 'geheim' }

/** What a server answers that has created a token. */
function created(metadata: object): Reply {
  const { status, json } = started('/1.0/operations/1?project=default')
  return { status, json: { ...(json as object), metadata: { id: '1', status_code: 103, metadata } } }
}

test('createTrustToken() sends what the token is for, and makes the text that readTrustToken() reads', async t => {
  const expiresAt = '2026-11-23T14:38:44.784564608Z'
  const { api, received } = await serve(t, created({ ...TOKEN, expiresAt }))
  const made = await createTrustToken(api, { name: 'ci', projects: ['web'] })
  assert.deepEqual(JSON.parse(String(received[0]?.body)), {
    ...{ name: 'ci', type: 'client', restricted: true, projects: ['web'], token: true },
  })
  assert.deepEqual(readTrustToken(made.token), {
    clientName: 'ci',
    fingerprint: TOKEN.fingerprint,
    addresses: TOKEN.addresses,
    expiresAt: new Date('2026-11-23T14:38:44.784Z'),
    type: '',
  })
  assert.equal(JSON.parse(Buffer.from(made.token, 'base64').toString()).secret, 'geheim')
  assert.equal(String(made.operation), '/1.0/operations/1')
})

test('createJoinToken() names the member in the request and in the text', async t => {
  const { api, received } = await serve(t, created(TOKEN))
  const { token, expiresAt } = await createJoinToken(api, { member: 'n2' })
  assert.deepEqual(JSON.parse(String(received[0]?.body)), { server_name: 'n2' })
  const { server_name, expires_at } = JSON.parse(Buffer.from(token, 'base64').toString())
  assert.deepEqual([server_name, expires_at, expiresAt], ['n2', '0001-01-01T00:00:00Z', undefined])
})

test('absent() of a token that was created with a signal is not ended by that signal', async t => {
  const controller = new AbortController()
  const { api, received } = await serve(t, ({ method }) => {
    if (method === 'POST') return created(TOKEN)
    return method === 'DELETE' ? sync({}) : sync({ status_code: 103 })
  })
  const { operation } = await createTrustToken(api, { name: 'ci', signal: controller.signal })
  controller.abort()
  assert.equal((await absent(operation)).changed, true)
  assert.equal(received.at(-1)?.method, 'DELETE')
})

test('absent() of an operation that has ended, or is forgotten, changes nothing', async t => {
  const ends = [
    sync({ status_code: 200, err: '' }),
    sync({ status_code: 400, err: 'no such image' }),
    sync({ status_code: 401, err: '' }),
    failure(404, 'Operation not found'),
  ]
  for (const end of ends) {
    const { api, received } = await serve(t, end)
    assert.equal((await absent(api.path('operations', '1'))).changed, false)
    assert.deepEqual(
      received.map(({ method }) => method),
      ['GET'],
    )
  }
})

test('a token for nobody, or for a client that may do more than was meant, is refused before anything is sent', async t => {
  const { api, received } = await serve(t, created(TOKEN))
  const wrong: readonly [object, RegExp][] = [
    [{}, /^TypeError: createTrustToken\(\): name must be a name/],
    [{ name: '' }, /name must be a name/],
    [{ name: 'ci', type: 7 }, /type must be a name/],
    [{ name: 'ci', projects: 'web' }, /projects must be a list of names/],
    [{ name: 'ci', projects: ['web'], restricted: false }, /not restricted may use all projects/],
  ]
  for (const [options, message] of wrong)
    await assert.rejects(createTrustToken(api, options as never), message)
  await assert.rejects(
    createJoinToken(api, {} as never),
    /^TypeError: createJoinToken\(\): member must be a name/,
  )
  assert.deepEqual(received, [])
})
