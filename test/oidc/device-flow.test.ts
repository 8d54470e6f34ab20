import assert from 'node:assert/strict'
import { test } from 'node:test'
import { API, APIException } from '../../src/index.ts'
import { nextInterval } from '../../src/oidc/device-flow.ts'
import { makeCertificate } from '../daemon/certificate.ts'
import { rejection } from '../servers/operation-server.ts'
import { failure, serve } from '../servers/server.ts'
import { serveTls } from '../servers/tls-server.ts'
import {
  deviceGrant,
  granted,
  type IssuerScript,
  lxdHeaders,
  refusedWith,
  serveIssuer,
  serveProtected,
} from './oidc-servers.ts'

test('an issuer that fails for a while is asked again', async t => {
  const tokens = [refusedWith('x', 503), refusedWith('x', 429), granted('first')]
  const issuer = await serveIssuer(t, { tokens })
  const { api, log } = await serveProtected(t, { headers: lxdHeaders(issuer.url) })
  await api.get()
  assert.equal(log().at(-1), 'GET /1.0 first')
  assert.equal(issuer.forms('/token').length, 3)
})

test('an issuer is polled as often as it asks for', async t => {
  const cases: readonly [string, number, number][] = [
    ['authorization_pending', 400, 5],
    ['slow_down', 400, 10],
    ['temporarily_unavailable', 503, 10],
  ]
  for (const [reason, status, seconds] of cases) {
    const { api } = await serve(t, refusedWith(reason, status))
    assert.equal(nextInterval(await rejection(api.get()), 5), seconds)
  }
})

const REFUSALS: readonly [string, RegExp][] = [
  ['access_denied', /POST \S+\/token access_denied \(the log-in was refused\)$/],
  [
    'expired_token',
    /POST \S+\/token expired_token \(nobody has logged in with the code before it expired\)$/,
  ],
  ['invalid_client', /POST \S+\/token invalid_client$/],
]
for (const [reason, message] of REFUSALS) {
  test(`a log-in that ends with ${reason} is an exception, and the call is not sent`, async t => {
    const issuer = await serveIssuer(t, {
      tokens: [refusedWith('authorization_pending'), refusedWith(reason)],
    })
    const { api, log } = await serveProtected(t, { headers: lxdHeaders(issuer.url) })
    await assert.rejects(api.profiles.post({ name: 'web' }), (error: unknown) => {
      assert.ok(error instanceof APIException)
      assert.match(error.message, message)
      return true
    })
    assert.deepEqual(log(), ['GET /1.0 -'])
  })
}

test('a code that has expired is not polled any more', async t => {
  const script: IssuerScript = { tokens: [refusedWith('authorization_pending')] }
  const issuer = await serveIssuer(t, {
    ...script,
    device: { json: { ...deviceGrant('http://127.0.0.1:1'), expires_in: 0.05 } },
  })
  const { api } = await serveProtected(t, { headers: lxdHeaders(issuer.url) })
  await assert.rejects(api.get(), /\(nobody has logged in with the code before it expired\)$/)
})

test('the page to log in is the one that already has the code, if there is one', async t => {
  const device = {
    ...deviceGrant('https://login.example'),
    verification_uri_complete: 'https://login.example/?c=ABCD',
  }
  const issuer = await serveIssuer(t, { device: { json: device } })
  const { api, codes } = await serveProtected(t, { headers: lxdHeaders(issuer.url) })
  await api.get()
  assert.equal(codes[0]?.url, 'https://login.example/?c=ABCD')
})

const portal = { headers: { 'content-type': 'text/html' }, body: '<html>Log in to the network</html>' }
const WRONG: Readonly<Record<string, [IssuerScript, RegExp]>> = {
  'another issuer': [
    { discovery: { issuer: 'https://other.example' } },
    /is of the issuer https:\/\/other\.example, not of/,
  ],
  'no device flow': [
    { discovery: { device_authorization_endpoint: undefined } },
    /no text as its metadata\.device_authorization_endpoint/,
  ],
  'an endpoint in clear text': [
    { discovery: { token_endpoint: 'http://login.example/token' } },
    /has a token_endpoint that does not begin with https:\/\//,
  ],
  'a page in clear text': [
    { device: { json: deviceGrant('http://login.example') } },
    /has a verification_uri that does not begin with https:\/\//,
  ],
  'a page that is a script': [
    { device: { json: { ...deviceGrant('x'), verification_uri_complete: 'javascript:alert(1)' } } },
    /has a verification_uri_complete that does not begin with https:\/\//,
  ],
  'no code': [{ device: { json: {} } }, /no text as its metadata\.verification_uri/],
  'a page of HTML instead of a code': [{ device: portal }, /The answer has no object as its metadata/],
  'a page of HTML instead of tokens': [{ tokens: [portal] }, /The answer has no text as its metadata/],
  'no token': [{ tokens: [{ json: {} }] }, /no text as its metadata\.access_token/],
  'a token of another type': [{ tokens: [granted('x', { token_type: 'mac' })] }, /no bearer token/],
  'a token that is no header': [{ tokens: [granted('x\r\ny: z')] }, /no bearer token/],
}
for (const [title, [script, message]] of Object.entries(WRONG)) {
  test(`an issuer that answers with ${title} is an exception, without its secrets`, async t => {
    const issuer = await serveIssuer(t, script)
    const { api } = await serveProtected(t, { headers: lxdHeaders(issuer.url) })
    await assert.rejects(api.get(), (error: unknown) => {
      assert.ok(error instanceof APIException, String(error))
      assert.match(error.message, message)
      assert.doesNotMatch(error.message, /geheim/)
      return true
    })
  })
}

test('a server that names an issuer in clear text is not followed', async t => {
  const { api, codes } = await serveProtected(t, { headers: lxdHeaders('http://login.example') })
  await assert.rejects(api.get(), /\(its issuer does not begin with https:\/\/, so nobody can log in\)$/)
  assert.equal(codes.length, 0)
})

test('an issuer over https:// is checked by the authorities of the system, or by those that are given', async t => {
  const own = makeCertificate({ name: 'issuer' })
  const { baseUrl, clients } = await serveTls(t, own, ({ url }) => {
    if (url === '/realm/.well-known/openid-configuration')
      return {
        json: {
          issuer: `${baseUrl}/realm`,
          device_authorization_endpoint: `${baseUrl}/device`,
          token_endpoint: `${baseUrl}/token`,
        },
      }
    return url === '/device' ? { json: deviceGrant(baseUrl) } : granted('first')
  })
  const headers = lxdHeaders(`${baseUrl}/realm`)
  const unknown = await serveProtected(t, { headers })
  await assert.rejects(unknown.api.get(), /no authority vouches for the server/)
  const known = await serveProtected(t, { headers, oidc: { ca: own.cert } })
  await known.api.get()
  assert.equal(known.log().at(-1), 'GET /1.0 first')
  // Nobody but the server may know the client.
  assert.ok(clients.every(fingerprint => fingerprint === ''))
})

test('a client without credentials is told that users log in by OIDC', async t => {
  const own = makeCertificate({ name: 'server' })
  const headers = { 'X-Incus-OIDC-issuer': 'https://login.example', 'X-Incus-OIDC-clientid': 'x' }
  const { baseUrl } = await serveTls(t, own, { ...failure(403, 'not authorized'), headers })
  const environment = { ...process.env }
  Object.assign(process.env, { HOME: '/nonexistent', LXD_CONF: '/nonexistent', INCUS_CONF: '/nonexistent' })
  t.after(() => {
    process.env = environment
  })
  const api = API.factory({ baseUrl, serverCert: own.cert })
  t.after(() => api.close())
  await assert.rejects(
    api['1.0'].profiles.get(),
    /\(users log in by OIDC: API\.factory\(\{ oidc: \{ onCode \} \}\)\)$/,
  )
})
