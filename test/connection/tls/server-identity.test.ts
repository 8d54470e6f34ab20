import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, type TestContext, test } from 'node:test'
import { fingerprintOf } from '../../../src/connection/tls/server-identity.ts'
import {
  API,
  APIConnectionException,
  CertificateMismatchError,
  type FactoryOptions,
} from '../../../src/index.ts'
import { makeCertificate } from '../../daemon/certificate.ts'
import { connect, sync } from '../../servers/server.ts'
import { eavesdrop, serveTls } from '../../servers/tls-server.ts'

const own = makeCertificate({ name: 'server' })
const other = makeCertificate({ name: 'other' })
const fingerprint = fingerprintOf(new X509Certificate(own.cert))

async function isMismatch(call: Promise<unknown>): Promise<CertificateMismatchError> {
  const error = await call.then(
    () => assert.fail('it was answered'),
    (error: unknown) => error,
  )
  assert.ok(error instanceof APIConnectionException)
  assert.ok(error.cause instanceof CertificateMismatchError)
  return error.cause
}

describe('a server is taken for the one that is meant', () => {
  const ways: readonly [string, FactoryOptions][] = [
    ['serverCert as PEM text', { serverCert: own.cert }],
    ['serverCert as bytes', { serverCert: readFileSync(own.certPath) }],
    ['serverCert as a path', { serverCert: own.certPath }],
    ['fingerprint as LXD writes it', { fingerprint }],
    ['fingerprint as openssl writes it', { fingerprint: new X509Certificate(own.cert).fingerprint256 }],
    ['ca as a path', { ca: own.certPath }],
    ['insecure', { insecure: true }],
  ]
  for (const [title, options] of ways) {
    test(`by ${title}`, async t => {
      const server = await serveTls(t, own, sync('hello'))
      const { api } = connect(t, { baseUrl: server.baseUrl, ...options })
      assert.equal((await api.get()).metadata, 'hello')
    })
  }

  test('whatever date its certificate carries, if that is pinned', async t => {
    const expired = makeCertificate({ days: -1 })
    const { baseUrl } = await serveTls(t, expired, sync('hello'))
    const { api } = connect(t, { baseUrl, serverCert: expired.cert })
    assert.equal((await api.get()).metadata, 'hello')
    const ca = connect(t, { baseUrl, ca: expired.cert })
    await assert.rejects(ca.api.get(), /certificate has expired \(renew the certificate of the server/)
  })

  test('on each new connection again', async t => {
    const server = await serveTls(t, own, sync('hello'))
    const { api } = connect(t, { baseUrl: server.baseUrl, serverCert: own.cert })
    await api.get()
    server.setCertificate(other)
    const mismatch = await isMismatch(api.get())
    assert.equal(mismatch.fingerprint, fingerprintOf(new X509Certificate(other.cert)))
    server.setCertificate(own)
    await api.get()
    assert.equal(server.received.length, 2)
  })
})

describe('a man in the middle', () => {
  const pinned: readonly [string, FactoryOptions][] = [
    ['serverCert', { serverCert: own.cert }],
    ['fingerprint', { fingerprint }],
    ['ca', { ca: own.cert }],
    ['the authorities of the system', {}],
  ]
  for (const [title, options] of pinned) {
    test(`hears nothing where ${title} tells him from the server, on HTTP and on websockets`, async t => {
      const middle = await eavesdrop(t, other)
      const { api } = connect(t, { baseUrl: middle.baseUrl, token: 'secret-token', ...options })
      const calls = [api.certificates.post({ password: 'secret' }), api.get(), api.events.websocket()]
      const outcomes = await Promise.allSettled(calls)
      for (const outcome of outcomes) {
        assert.ok(outcome.status === 'rejected')
        assert.ok(outcome.reason instanceof APIConnectionException)
        assert.equal(outcome.reason.request.wasSent, false)
      }
      assert.equal(await middle.connections(), 3)
      assert.equal(middle.heard(), '')
    })
  }

  test('hears nothing either when NODE_TLS_REJECT_UNAUTHORIZED=0 switches the checks of other programs off', async t => {
    withEnvironment(t, 'NODE_TLS_REJECT_UNAUTHORIZED', '0')
    const middle = await eavesdrop(t, other)
    for (const options of [{ serverCert: own.cert }, { fingerprint }, { ca: own.cert }, {}]) {
      await assert.rejects(
        connect(t, { baseUrl: middle.baseUrl, ...options }).api.get(),
        APIConnectionException,
      )
    }
    assert.equal(await middle.connections(), 4)
    assert.equal(middle.heard(), '')
  })
})

describe('API.factory() throws TypeError', () => {
  const baseUrl = 'https://127.0.0.1:8443'
  const wrong: readonly [string, FactoryOptions, RegExp][] = [
    [
      'on two checks that contradict each other',
      { baseUrl, serverCert: own.cert, insecure: true },
      /only one of/,
    ],
    ['on a fingerprint that is none', { baseUrl, fingerprint: 'abc' }, /64 hexadecimal digits/],
    ['on a serverCert that is no certificate', { baseUrl, serverCert: own.key }, /holds no certificate/],
    ['on a ca that is neither PEM nor a path', { baseUrl, ca: 'nonsense\nnonsense' }, /neither PEM text nor/],
    [
      'on a pin where nothing goes over TLS',
      { baseUrl: 'http://127.0.0.1', fingerprint },
      /begins with https/,
    ],
    ['on insecure with a socket', { socketPath: '/run/x', insecure: true }, /begins with https/],
    ['on an empty token', { baseUrl, token: '' }, /not empty/],
    [
      'on a token that would go out in clear',
      { baseUrl: 'http://127.0.0.1', token: 'x' },
      /begins with https/,
    ],
  ]
  for (const [title, options, message] of wrong) {
    test(title, () => assert.throws(() => API.factory(options), { name: 'TypeError', message }))
  }
})

function withEnvironment(t: TestContext, name: string, value: string): void {
  const before = process.env[name]
  process.env[name] = value
  t.after(() => {
    if (before === undefined) delete process.env[name]
    else process.env[name] = before
  })
}
