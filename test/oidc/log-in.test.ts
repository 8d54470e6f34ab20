import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { API, APIException, APIForbiddenException, type OidcTokens } from '../../src/index.ts'
import { makeCertificate } from '../daemon/certificate.ts'
import { runScript } from '../runner/run-script.ts'
import { failure, serve, sync, until } from '../servers/server.ts'
import { serveTls } from '../servers/tls-server.ts'
import {
  granted,
  lxdHeaders,
  recordingStore,
  refusedWith,
  serveIssuer,
  serveProtected,
} from './oidc-servers.ts'

const HOUR_MS = 3_600_000

function inAnHour(): string {
  return new Date(Date.now() + HOUR_MS).toISOString()
}

test('the first call has a user log in as LXD says, and all calls go with the access token', async t => {
  const issuer = await serveIssuer(t, { tokens: [refusedWith('authorization_pending'), granted('first')] })
  const { api, codes, log } = await serveProtected(t, { headers: lxdHeaders(issuer.url) })
  assert.equal((await api.instances.web.get()).metadata.name, 'web')
  await api.instances.web.put({ description: '' })
  assert.deepEqual(log(), ['GET /1.0 -', 'GET /1.0/instances/web first', 'PUT /1.0/instances/web first'])
  assert.deepEqual(
    codes.map(({ url, code }) => [url, code]),
    [[`${issuer.url}/enter`, 'ABCD-EFGH']],
  )
  assert.ok(codes[0] && codes[0].expires.getTime() > Date.now())
  assert.deepEqual(issuer.forms('/device'), [
    { client_id: 'lxd-client', scope: 'openid offline_access', audience: 'https://lxd.example' },
  ])
  const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
  assert.deepEqual(issuer.forms('/token').at(-1), {
    grant_type,
    device_code: 'geheim-device',
    client_id: 'lxd-client',
  })
})

const SCOPES: readonly [string, Record<string, string>, string][] = [
  ['a list of Incus', { 'X-LXD-OIDC-scopes': 'openid,email' }, 'openid email'],
  [
    'none, with a claim of groups',
    { 'X-LXD-OIDC-scopes': '', 'X-LXD-OIDC-groups-claim': 'groups' },
    'openid offline_access email profile groups',
  ],
  ['what is no list', { 'X-LXD-OIDC-scopes': '[{' }, 'openid offline_access email profile'],
]
for (const [title, headers, scope] of SCOPES) {
  test(`the scopes of a log-in follow from ${title}`, async t => {
    const issuer = await serveIssuer(t)
    const { api } = await serveProtected(t, { headers: lxdHeaders(issuer.url, headers) })
    await api.get()
    assert.equal(issuer.forms('/device')[0]?.scope, scope)
  })
}

test('calls at the same time share one log-in', async t => {
  const issuer = await serveIssuer(t)
  const { api, codes, log } = await serveProtected(t, { headers: lxdHeaders(issuer.url) })
  await Promise.all(['a', 'b', 'c'].map(name => api.instances.path(name).get()))
  assert.equal(codes.length, 1)
  assert.equal(log().filter(line => line.endsWith(' -')).length, 1)
})

test('a stream is sent once, with the token of the log-in', async t => {
  const issuer = await serveIssuer(t)
  const { api, received } = await serveProtected(t, { headers: lxdHeaders(issuer.url) })
  await api.images.post(Readable.from([Buffer.from('image')]))
  assert.deepEqual(
    received.map(({ method, body }) => `${method} ${body}`),
    ['GET ', 'POST image'],
  )
})

test('tokens in the store are used, and refreshed before they expire', async t => {
  const issuer = await serveIssuer(t, { tokens: [granted('second', { refresh_token: 'r2' })] })
  const stored = (expiresAt: string): OidcTokens => ({
    ...{ accessToken: 'first', refreshToken: 'r1', idToken: 'id', issuer: issuer.url, expiresAt },
  })
  const fresh = await serveProtected(t, {
    headers: lxdHeaders(issuer.url),
    oidc: { store: recordingStore(stored(inAnHour())) },
  })
  await fresh.api.profiles.get()
  assert.deepEqual(fresh.log(), ['GET /1.0/profiles first'])

  const store = recordingStore(stored(new Date().toISOString()))
  const stale = await serveProtected(t, { headers: lxdHeaders(issuer.url), oidc: { store } })
  await Promise.all([stale.api.profiles.get(), stale.api.profiles.get()])
  assert.deepEqual(stale.log(), ['GET /1.0 -', 'GET /1.0/profiles second', 'GET /1.0/profiles second'])
  assert.deepEqual(issuer.forms('/token'), [
    { grant_type: 'refresh_token', refresh_token: 'r1', client_id: 'lxd-client' },
  ])
  assert.equal(stale.codes.length, 0)
  const [written] = store.written
  assert.deepEqual([written?.accessToken, written?.refreshToken, written?.idToken], ['second', 'r2', 'id'])
  assert.ok(Date.parse(written?.expiresAt ?? '') > Date.now())
})

test('a token that the server no longer accepts is refreshed once, and the call repeated', async t => {
  const issuer = await serveIssuer(t, { tokens: [granted('second')] })
  const store = recordingStore({
    accessToken: 'first',
    refreshToken: 'r1',
    issuer: issuer.url,
    expiresAt: inAnHour(),
  })
  const { api, log } = await serveProtected(t, {
    headers: lxdHeaders(issuer.url),
    accepts: token => token === 'second',
    oidc: { store },
  })
  await Promise.all([api.profiles.post({ name: 'web' }), api.profiles.post({ name: 'db' })])
  assert.deepEqual(log().toSorted(), [
    ...['POST /1.0/profiles first', 'POST /1.0/profiles first'],
    ...['POST /1.0/profiles second', 'POST /1.0/profiles second'],
  ])
  assert.equal(issuer.forms('/token').length, 1)
  assert.equal(store.written.at(-1)?.refreshToken, 'r1')
})

test('a call that is refused with a new token too is an exception, and the user not asked again', async t => {
  const issuer = await serveIssuer(t, {
    tokens: [granted('first', { refresh_token: 'r1' }), granted('second')],
  })
  const { api, log, codes } = await serveProtected(t, {
    headers: lxdHeaders(issuer.url),
    accepts: () => false,
  })
  for (let call = 1; call <= 2; call++)
    await assert.rejects(api.profiles.get(), (error: unknown) => {
      assert.ok(error instanceof APIForbiddenException)
      assert.match(error.message, /^GET \S+\/1\.0\/profiles token is expired/)
      return true
    })
  const profiles = ['first', 'first', 'second'].map(token => `GET /1.0/profiles ${token}`)
  assert.deepEqual(log(), ['GET /1.0 -', ...profiles])
  assert.equal(codes.length, 1)
})

test('a stream that met a token which is no longer accepted is not repeated', async t => {
  const issuer = await serveIssuer(t, { tokens: [granted('second')] })
  const store = recordingStore({ accessToken: 'first', refreshToken: 'r1', issuer: issuer.url })
  const { api, received } = await serveProtected(t, {
    headers: lxdHeaders(issuer.url),
    accepts: token => token === 'second',
    oidc: { store },
  })
  await assert.rejects(
    api.images.post(Readable.from([Buffer.from('image')])),
    /send it again, with another stream\)$/,
  )
  await api.images.post(Readable.from([Buffer.from('image')]))
  assert.equal(received.length, 2)
})

test('what a user may not do is an exception, and no reason to log in again', async t => {
  const issuer = await serveIssuer(t)
  const own = makeCertificate({ name: 'server' })
  const headers = lxdHeaders(issuer.url)
  const { baseUrl, received } = await serveTls(t, own, { ...failure(403, 'not authorized'), headers })
  const store = recordingStore({ accessToken: 'first', expiresAt: inAnHour() })
  const api = API.factory({ baseUrl, serverCert: own.cert, oidc: { store } })
  t.after(() => api.close())
  await assert.rejects(api['1.0'].profiles.get(), APIForbiddenException)
  assert.equal(received.length, 1)
  assert.equal(issuer.received.length, 0)
})

test('a refresh token is sent to no issuer but its own', async t => {
  const issuer = await serveIssuer(t)
  const store = recordingStore({
    ...{ accessToken: 'old', refreshToken: 'geheim-refresh', issuer: 'https://other.example' },
    expiresAt: new Date().toISOString(),
  })
  const { api, codes } = await serveProtected(t, { headers: lxdHeaders(issuer.url), oidc: { store } })
  await api.get()
  assert.equal(codes.length, 1)
  assert.ok(issuer.received.every(({ body }) => !String(body).includes('geheim-refresh')))
})

test('a refresh token that the issuer does not accept has the user log in again', async t => {
  const issuer = await serveIssuer(t, { tokens: [refusedWith('invalid_grant'), granted('second')] })
  const expiresAt = new Date().toISOString()
  const store = recordingStore({ accessToken: 'first', refreshToken: 'r1', issuer: issuer.url, expiresAt })
  const { api, codes, log } = await serveProtected(t, { headers: lxdHeaders(issuer.url), oidc: { store } })
  await api.get()
  assert.equal(codes.length, 1)
  assert.equal(log().at(-1), 'GET /1.0 second')
})

test('tokens that another process has refreshed are taken from the store', async t => {
  const issuer = await serveIssuer(t)
  const kept: OidcTokens[] = [{ accessToken: 'first', expiresAt: inAnHour() }]
  const store = { read: async () => kept.at(-1), write: async (tokens: OidcTokens) => void kept.push(tokens) }
  const { api, log } = await serveProtected(t, {
    headers: lxdHeaders(issuer.url),
    accepts: token => token === kept.at(-1)?.accessToken,
    oidc: { store },
  })
  await api.get()
  kept.push({ accessToken: 'theirs', expiresAt: inAnHour() })
  await api.get()
  assert.deepEqual(log(), ['GET /1.0 first', 'GET /1.0 first', 'GET /1.0 theirs'])
  assert.equal(issuer.received.length, 0)
})

test('a refresh token that another process has used first leads to the tokens of that process', async t => {
  const expiresAt = new Date().toISOString()
  const stored = { accessToken: 'first', refreshToken: 'r1', expiresAt }
  const theirs = { accessToken: 'theirs', refreshToken: 'r2', expiresAt: inAnHour() }
  const issuer = await serveIssuer(t, { tokens: [refusedWith('invalid_grant')] })
  const store = {
    read: async () => ({ ...(issuer.forms('/token').length > 0 ? theirs : stored), issuer: issuer.url }),
    write: async () => {},
  }
  const { api, codes, log } = await serveProtected(t, { headers: lxdHeaders(issuer.url), oidc: { store } })
  await api.get()
  assert.equal(codes.length, 0)
  assert.equal(log().at(-1), 'GET /1.0 theirs')
})

test('without onCode, a call that needs a log-in says where', async t => {
  const issuer = await serveIssuer(t)
  const { api } = await serveProtected(t, { headers: lxdHeaders(issuer.url), oidc: { onCode: undefined } })
  await assert.rejects(api.profiles.get(), (error: unknown) => {
    assert.ok(error instanceof APIForbiddenException)
    assert.match(error.message, new RegExp(`a user has to log in at ${issuer.url}: give oidc.onCode\\)$`))
    return true
  })
})

test('a server without OIDC, or that trusts the client as it is, is asked once, and then called as ever', async t => {
  const own = makeCertificate({ name: 'server' })
  const { baseUrl, received } = await serveTls(t, own, sync({ auth: 'trusted' }))
  const api = API.factory({ baseUrl, serverCert: own.cert, oidc: { onCode: () => assert.fail() } })
  t.after(() => api.close())
  await api['1.0'].profiles.get()
  await api['1.0'].profiles.get()
  assert.deepEqual(
    received.map(({ url, headers }) => `${url} ${headers['x-incus-authenticated'] ?? ''}`),
    ['/1.0 true', '/1.0/profiles ', '/1.0/profiles '],
  )
})

test('an authorization header of the call’s own goes as it is', async t => {
  const issuer = await serveIssuer(t)
  const { api, log } = await serveProtected(t, { headers: lxdHeaders(issuer.url) })
  await api.get({ headers: { Authorization: 'Bearer mine' } })
  assert.deepEqual(log(), ['GET /1.0 mine'])
})

test('a websocket goes with the access token', async t => {
  const issuer = await serveIssuer(t)
  const { api, log } = await serveProtected(t, { headers: lxdHeaders(issuer.url) })
  await assert.rejects(api.events.websocket(), /did not upgrade/)
  assert.equal(log().at(-1), 'GET /1.0/events first')
})

test('the log-in goes on as long as a call waits for it, and ends with the last one', async t => {
  const issuer = await serveIssuer(t, { tokens: [refusedWith('authorization_pending')] })
  const { api, codes } = await serveProtected(t, { headers: lxdHeaders(issuer.url) })
  const [first, second] = [new AbortController(), new AbortController()]
  const calls = [first, second].map(({ signal }) => api.get({ signal }).catch((error: unknown) => error))
  await until(() => issuer.forms('/token').length > 0)
  first.abort('the first')
  assert.equal(await calls[0], 'the first')
  const polls = issuer.forms('/token').length
  await until(() => issuer.forms('/token').length > polls + 2)
  second.abort('the second')
  assert.equal(await calls[1], 'the second')
  assert.equal(codes.length, 1)
  const { length } = issuer.forms('/token')
  await assert.rejects(api.get({ timeout: 0.1 }), /There was no answer within 0\.1 s/)
  assert.equal(codes.length, 2)
  assert.ok(issuer.forms('/token').length > length)
})

test('closing the API ends the log-in', async t => {
  const issuer = await serveIssuer(t, { tokens: [refusedWith('authorization_pending')] })
  const { root, api } = await serveProtected(t, { headers: lxdHeaders(issuer.url) })
  const call = api.get().catch((error: unknown) => error)
  await until(() => issuer.forms('/token').length > 0)
  await (root as unknown as API).close()
  assert.match(String(await call), /close\(\) was called during the log-in/)
})

test('what onCode throws is what the call rejects with', async t => {
  const issuer = await serveIssuer(t)
  const reason = new Error('nobody is here')
  const onCode = (): never => {
    throw reason
  }
  const { api } = await serveProtected(t, { headers: lxdHeaders(issuer.url), oidc: { onCode } })
  await assert.rejects(api.get(), reason)
})

test('an issuer that is not there is named by the exception', async t => {
  const { api } = await serveProtected(t, { headers: lxdHeaders('http://127.0.0.1:1') })
  await assert.rejects(api.profiles.get(), (error: unknown) => {
    assert.ok(error instanceof APIException)
    assert.match(
      error.message,
      /^GET http:\/\/127\.0\.0\.1:1\/\.well-known\/openid-configuration .*ECONNREFUSED/,
    )
    return true
  })
})

test('a log-in is for servers over https:// only, and takes no other options', async t => {
  const { origin } = await serve(t, sync({}))
  const wrong: readonly [object, RegExp][] = [
    [{ baseUrl: origin, oidc: {} }, /^TypeError: oidc: only for a baseUrl that begins with https/],
    [{ socketPath: '/x', oidc: {} }, /^TypeError: oidc: only for a baseUrl/],
    [
      { baseUrl: 'https://x', oidc: {}, token: 'x' },
      /^TypeError: API\.factory\(\): give token or oidc, not both/,
    ],
    [{ baseUrl: 'https://x', oidc: { code: 1 } }, /unknown option 'code'; known are onCode, store, ca/],
  ]
  for (const [options, message] of wrong) assert.throws(() => API.factory(options), message)
})

test('no token is in a trace, an error or what is printed', async t => {
  const secret = 'geheim-0123456789'
  const issuer = await serveIssuer(t, {
    tokens: [
      refusedWith('authorization_pending'),
      granted(secret, { refresh_token: secret, id_token: secret }),
    ],
  })
  const { baseUrl } = await serveProtected(t, {
    headers: lxdHeaders(issuer.url),
    accepts: () => false,
  })
  const script = `const remote = API.factory({ baseUrl: '${baseUrl}', insecure: true, oidc: { onCode: () => {} } })
    await remote['1.0'].get().catch(error => console.log(error, error.request, error.result, JSON.stringify(error.result)))
    console.log(remote, remote['1.0'])
    await remote['1.0'].get()`
  const { stdout, stderr, code } = await runScript(script, baseUrl, { DEBUG: '*' })
  assert.equal(code, 1)
  assert.match(stderr, /lxdapi POST http:\/\/127\.0\.0\.1:\d+\/token/)
  assert.match(stderr, /authorization: \*\*\*/)
  assert.doesNotMatch(stdout + stderr, /geheim/)
})
