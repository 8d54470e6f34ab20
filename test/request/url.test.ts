import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { resolveUrl } from '../../src/request/url.ts'
import { serve, sync } from '../servers/server.ts'

const ORIGIN = 'https://10.0.0.5:8443'

test('resolveUrl() takes a path from the root with its query', () => {
  const { pathname, searchParams } = resolveUrl('/1.0/operations/1?project=a%20b&x=1&x=2', ORIGIN)
  assert.equal(pathname, '/1.0/operations/1')
  assert.deepEqual(searchParams.getAll('project'), ['a b'])
  assert.deepEqual(searchParams.getAll('x'), ['1', '2'])
})

test('resolveUrl() takes an absolute URL of the same origin, as text and as URL', () => {
  assert.equal(resolveUrl(`${ORIGIN}/1.0/events`, ORIGIN).pathname, '/1.0/events')
  assert.equal(resolveUrl(new URL('/1.0/events', ORIGIN), ORIGIN).pathname, '/1.0/events')
})

test('resolveUrl() takes the form in which the trace writes the URLs of a socket', () => {
  const origin = 'http+unix://%2Frun%2Fincus%2Funix.socket'
  assert.equal(resolveUrl(`${origin}/1.0/events`, origin).pathname, '/1.0/events')
  assert.throws(() => resolveUrl('http+unix://%2Ftmp%2Fother/1.0', origin), TypeError)
})

test('resolveUrl() leaves what is encoded as it is', () => {
  assert.equal(resolveUrl('/1.0/instances/a%2Fb%20c', ORIGIN).pathname, '/1.0/instances/a%2Fb%20c')
})

const ELSEWHERE = [
  'https://evil.example/1.0',
  'http://10.0.0.5:8443/1.0',
  'https://10.0.0.5/1.0',
  'https://10.0.0.5:84430/1.0',
  'https://10.0.0.5:8443.evil.example/1.0',
  'https://10.0.0.5:8443@evil.example/1.0',
  'https://10.0.0.5:8443\\evil.example',
  'https://user@10.0.0.5:8443/1.0',
  `${ORIGIN}//evil.example/1.0`,
  '//evil.example/1.0',
  '/\\evil.example/1.0',
  '\\\\evil.example\\1.0',
  '/\t/evil.example',
  '/\n/evil.example',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'http+unix://%2Frun%2Fincus%2Funix.socket/1.0',
]

test('resolveUrl() refuses every other origin, however it is dressed up', () => {
  for (const url of ELSEWHERE) assert.throws(() => resolveUrl(url, ORIGIN), TypeError, url)
})

test('resolveUrl() refuses what would leave its place', () => {
  const urls = [
    '/1.0/../2.0',
    '/1.0/..',
    '/./1.0',
    '/1.0/%2e%2E/x',
    '/1.0/.%2e',
    '/1.0/instances\\..\\x',
    '/1.0/.\t./x',
    '/1.0/a/.. ',
    '/1.0/a/..\u0001',
    '/1.0/a#b',
    `${ORIGIN}/1.0/../2.0`,
  ]
  for (const url of urls) assert.throws(() => resolveUrl(url, ORIGIN), TypeError, url)
})

test('resolveUrl() refuses what is no URL at all', () => {
  for (const url of ['', '1.0/instances', '?a=b', undefined, null, {}]) {
    // @ts-expect-error: from JavaScript anything comes
    assert.throws(() => resolveUrl(url, ORIGIN), TypeError, String(url))
  }
})

test('resolveUrl() gives the path that stands there, or throws', () => {
  fc.assert(
    fc.property(fc.webPath(), path => {
      const hasDots = /(^|\/)(\.|%2e){1,2}(\/|$)/i.test(path)
      if (hasDots || !path.startsWith('/') || path.startsWith('//')) return
      assert.equal(resolveUrl(path, ORIGIN).pathname, path)
    }),
  )
})

test('forUrl() accepts its own origin and refuses another before anything is sent', async t => {
  const { root, origin, received } = await serve(t, sync(null), { onSocket: true })
  const other = await serve(t, sync(null))
  assert.throws(() => root.forUrl(`${other.origin}/1.0`), {
    name: 'TypeError',
    message: `forUrl(): ${other.origin}/1.0 is neither on ${origin} nor a path from its root`,
  })
  await root.forUrl(`${origin}/1.0/events`).get()
  assert.deepEqual(
    received.map(({ url }) => url),
    ['/1.0/events'],
  )
  assert.deepEqual(other.received, [])
})
