import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { APIPromise, ApiPath, type Path } from '../src/index.ts'
import { serve, sync } from './servers/server.ts'

const MEMBERS = [
  'constructor',
  'defaultTimeout',
  'path',
  'forUrl',
  'with',
  'get',
  'head',
  'delete',
  'post',
  'put',
  'patch',
  'toString',
  'upgrade',
  'websocket',
]
const TRICKS = [
  'a/b',
  '/',
  '%2F',
  '%2e%2e',
  '...',
  '?recursion=1',
  '#',
  ';',
  '\\',
  '\0',
  '\r\nX-Evil: 1',
  '+',
  ' ',
  '%',
]
const OTHERS = [
  'then',
  'toJSON',
  'valueOf',
  '__proto__',
  'hasOwnProperty',
  'length',
  'name',
  'prototype',
  ...MEMBERS,
]

test('10,000 generated names arrive as exactly one segment, byte for byte', async t => {
  const { api, received } = await serve(t, sync(null))
  const sent: string[] = []
  const name = fc
    .oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(...TRICKS, ...OTHERS),
    )
    .filter(value => !['', '.', '..'].includes(value))
  await fc.assert(
    fc.asyncProperty(fc.array(name, { minLength: 100, maxLength: 100 }), async names => {
      const before = received.length
      await Promise.all(names.map(value => instance(api, value).state.get()))
      sent.push(...names)
      const arrived = received.slice(before).map(({ url }) => readName(url))
      assert.deepEqual(arrived.sort(), names.map(toBytes).sort())
    }),
    { numRuns: 100 },
  )
  assert.ok(sent.length >= 10_000)
})

test('index access reaches every name that is not a member', async t => {
  const { api, received } = await serve(t, sync(null))
  for (const name of ['then', 'toJSON', 'valueOf', '__proto__', 'hasOwnProperty', 'length', 'name']) {
    await api.instances[name]?.get()
    assert.equal(received.at(-1)?.url, `/1.0/instances/${name}`)
  }
})

test('the members are the few that are documented, and path() reaches their names', async t => {
  const { api, received } = await serve(t, sync(null))
  assert.deepEqual(Object.getOwnPropertyNames(ApiPath.prototype).sort(), MEMBERS.sort())
  for (const name of MEMBERS) {
    await api.instances.path(name).get()
    assert.equal(received.at(-1)?.url, `/1.0/instances/${name}`)
  }
})

test('path() takes several segments, and none', async t => {
  const { api, received } = await serve(t, sync(null))
  await api.path('instances', 'a/b', 'snapshots', 0).path().get()
  assert.equal(received[0]?.url, '/1.0/instances/a%2Fb/snapshots/0')
})

test('a name that would be another URL is refused before anything is sent', async t => {
  const { api, received } = await serve(t, sync(null))
  for (const name of ['', '.', '..', null, undefined, '\ud800', {}]) {
    // @ts-expect-error: from JavaScript anything comes
    assert.throws(() => api.instances.path(name).delete(), TypeError)
    assert.throws(() => api.instances.path('web', name as string).delete(), TypeError)
  }
  for (const name of ['', '.', '..', '\udfff']) assert.throws(() => api.instances[name]?.delete(), TypeError)
  assert.deepEqual(received, [])
})

test('every verb sends its method, and gives an APIPromise', async t => {
  const { api, received } = await serve(t, sync(null))
  const { web } = api
  assert.ok(web)
  const calls = [web.get(), web.head(), web.delete(), web.post({}), web.put({}), web.patch({})]
  for (const call of calls) assert.ok(call instanceof APIPromise)
  await Promise.all(calls)
  assert.deepEqual(received.map(({ method }) => method).sort(), [
    'DELETE',
    'GET',
    'HEAD',
    'PATCH',
    'POST',
    'PUT',
  ])
})

test('the root can be read too', async t => {
  const { root, received } = await serve(t, sync(['/1.0']))
  assert.deepEqual((await root.get()).metadata, ['/1.0'])
  assert.equal(received[0]?.url, '/')
})

test('with() gives its defaults to the calls on the path and below it, and to nothing else', async t => {
  const { api, received } = await serve(t, sync(null))
  const web = api.with({ query: { project: 'web' }, headers: { 'X-One': '1' } })
  await web.instances.path('a').get()
  await web.get({ query: { recursion: 1 }, headers: { 'X-Two': '2' } })
  await api.instances.get()
  assert.deepEqual(
    received.map(({ url, headers }) => [url, headers['x-one'], headers['x-two']]),
    [
      ['/1.0/instances/a?project=web', '1', undefined],
      ['/1.0?project=web&recursion=1', '1', '2'],
      ['/1.0/instances', undefined, undefined],
    ],
  )
})

test('with() adds to what an earlier with() gave, and a call may leave it out', async t => {
  const { api, received } = await serve(t, sync(null))
  const path = api.with({ query: { project: 'a', target: 'n1' } }).with({ query: { project: 'b' } })
  await path.get()
  await path.get({ query: { target: undefined } })
  assert.deepEqual(
    received.map(({ url }) => url),
    ['/1.0?project=b&target=n1', '/1.0?project=b'],
  )
})

test('with() takes a signal and a timeout, and refuses what it does not know', async t => {
  const { api, received } = await serve(t, sync(null))
  const reason = new Error('enough')
  assert.equal(api.with({ timeout: 7 }).instances.defaultTimeout, 7)
  await assert.rejects(api.with({ signal: AbortSignal.abort(reason) }).instances.get(), reason)
  // @ts-expect-error: it belongs into the query
  assert.throws(() => api.with({ recursion: 1 }), /with\(\): unknown option 'recursion'; known are query/)
  assert.deepEqual(received, [])
})

test('forUrl() takes what the server gives: a query, which calls add to, and segments as they are', async t => {
  const { root, received } = await serve(t, sync(null))
  const operation = root.forUrl('/1.0/operations/1?project=a%20b&target=x')
  await operation.path('wait').get({ query: { timeout: 5, target: 'y' } })
  await root.forUrl('/1.0/instances/a%2Fb').get()
  assert.deepEqual(
    received.map(({ url }) => url),
    ['/1.0/operations/1/wait?project=a%20b&target=y&timeout=5', '/1.0/instances/a%2Fb'],
  )
})

test('forUrl() goes on from the root and from a slash at the end without doubling it', async t => {
  const { root, received } = await serve(t, sync(null))
  await root.forUrl('/').path('1.0').get()
  await root.forUrl('/1.0/').path('instances').get()
  assert.deepEqual(
    received.map(({ url }) => url),
    ['/1.0', '/1.0/instances'],
  )
})

test('defaultTimeout is 30 seconds, or what the factory was told', async t => {
  const { api } = await serve(t, sync(null))
  const other = await serve(t, sync(null), { timeout: 5, idleTimeout: 7 })
  assert.equal(api.instances.defaultTimeout, 30)
  assert.equal(other.api.instances.defaultTimeout, 5)
})

test('a path is shown as its URL', async t => {
  const { api, root } = await serve(t, sync(null))
  assert.equal(inspect(api.instances.path('a b')), 'ApiPath </1.0/instances/a%20b>')
  assert.equal(inspect(root), 'API <>')
  assert.equal(inspect({ path: [api.instances] }), '{ path: [ ApiPath </1.0/instances> ] }')
  assert.equal(`${api.instances}`, '/1.0/instances')
  assert.equal(String(api.instances), '/1.0/instances')
})

test('a path can be awaited, compared and stringified without a request', async t => {
  const { api, received } = await serve(t, sync(null))
  const path = api.instances
  assert.equal(await path, path)
  assert.equal(`${JSON.stringify({ path })}`, '{"path":{}}')
  // @ts-expect-error: symbols are no names
  assert.equal(path[Symbol.iterator], undefined)
  assert.deepEqual(received, [])
})

test('a path can not be changed', async t => {
  const { api } = await serve(t, sync(null))
  for (const path of [api, api.instances, api.with({}), api.forUrl('/1.0')]) {
    assert.ok(Object.isFrozen(path))
    assert.throws(() => Object.assign(path, { web: 1 }), TypeError)
  }
})

function instance(api: Path, name: string): Path {
  // True: what is no member is a path.
  return MEMBERS.includes(name) ? api.instances.path(name) : (api.instances[name] as Path)
}

function toBytes(name: string): string {
  return Buffer.from(name).toString('hex')
}

// Decodes as the servers do, bytes and all; anything but one segment between its neighbours is an empty name.
function readName(url: string): string {
  const segment = /^\/1\.0\/instances\/([^/?#]+)\/state$/.exec(url)?.[1] ?? ''
  return toBytes(decodeURIComponent(segment))
}
