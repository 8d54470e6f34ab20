import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isSecretKey, redact, redactText } from '../../src/redact/redact.ts'

const PEM = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----\n'
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'

test('isSecretKey() recognizes secret names, in any case', () => {
  const secret = [
    'password',
    'trust_password',
    'core.trust_password',
    'cluster_password',
    'trust_token',
    'join_token',
    'secret',
    'oidc.client.secret',
    'Authorization',
    'Proxy-Authorization',
    'Set-Cookie',
    'environment.AWS_SECRET_ACCESS_KEY',
    'environment.API_KEY',
    'client_key',
    'key',
    'passphrase',
    'control',
  ]
  for (const name of secret) assert.ok(isSecretKey(name), name)
})

test('isSecretKey() leaves alone what a person wants to read', () => {
  const plain = [
    'name',
    'keys',
    'keyboard',
    'limits.cpu',
    'etag',
    'x-lxd-uid',
    'fs_type',
    'controller',
    'monkey',
  ]
  for (const name of plain) assert.ok(!isSecretKey(name), name)
})

test('the secrets of an exec are masked, whatever they are called', () => {
  const fds = { 0: 'a', 1: 'b', 2: 'c', control: 'd' }
  const masked = { 0: '***', 1: '***', 2: '***', control: '***' }
  assert.deepEqual(redact({ metadata: { metadata: { fds } } }), { metadata: { metadata: { fds: masked } } })
})

test('the secrets of a migration are masked, flat and nested', () => {
  const metadata = { control: 'a', fs: 'b', criu: 'c', secrets: { control: 'd', deep: { fs: 'e' } } }
  assert.deepEqual(redact(metadata), {
    control: '***',
    fs: '***',
    criu: '***',
    secrets: { control: '***', deep: { fs: '***' } },
  })
})

test('a mask tells no more than that there is something', () => {
  const config = { 'core.trust_password': true, password: '', token: null, secret: 5 }
  assert.deepEqual(redact(config), { 'core.trust_password': true, password: '', token: null, secret: '***' })
})

test('a private key is masked wherever it stands, a certificate is not', () => {
  assert.equal(redactText(PEM), '***')
  assert.equal(redactText(CERTIFICATE + PEM), '***')
  assert.equal(redactText(CERTIFICATE), CERTIFICATE)
  assert.deepEqual(redact({ config: { 'user.x': PEM }, list: [PEM] }), {
    config: { 'user.x': '***' },
    list: ['***'],
  })
})

test('redactText() masks the secrets in URLs, and nothing around them', () => {
  const url = '/1.0/operations/1/websocket?project=a&secret=abc%20d&x=1'
  assert.equal(redactText(url), '/1.0/operations/1/websocket?project=a&secret=***&x=1')
  assert.equal(
    redactText('see "http://a/?token=abc" and ?password=x'),
    'see "http://a/?token=***" and ?password=***',
  )
  assert.equal(redactText('http://me:hunter2@proxy:3128/x'), 'http://me:***@proxy:3128/x')
  assert.equal(redactText('https://10.0.0.5:8443/1.0?x=a@b'), 'https://10.0.0.5:8443/1.0?x=a@b')
})

test('redactText() masks passwords in the lines of a file such as cloud-init', () => {
  const text = '#cloud-config\npassword: hunter2\nchpasswd: { expire: false }\nssh_token = abc\nname: web\n'
  const shown = redactText(text)
  assert.doesNotMatch(shown, /hunter2|abc/)
  assert.match(shown, /^#cloud-config\npassword: \*\*\*\n/)
  assert.match(shown, /name: web/)
})

test('redact() changes nothing in what it is given', () => {
  const value = Object.freeze({
    password: 'a',
    list: Object.freeze([Object.freeze({ fds: Object.freeze({ 0: 'a' }) })]),
  })
  redact(value)
  assert.equal(value.password, 'a')
})

test('redact() keeps every value that has no secret in it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const text = JSON.stringify(value)
      if (
        /pass|secret|token|key|auth|cookie|cred|control|fs|criu|fds|pw|pin|sig|otp|psk|jwt|dsn|hmac|__proto__/i.test(
          text,
        )
      )
        return
      assert.deepEqual(redact(value), value)
    }),
  )
})

test('redact() shows a secret at no depth', () => {
  const { tree } = fc.letrec<{ tree: unknown }>(tie => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.record({ name: fc.string(), password: fc.constant('hunter2') }),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('tree'), { maxKeys: 3 }),
    ),
  }))
  fc.assert(
    fc.property(tree, value => {
      assert.doesNotMatch(JSON.stringify(redact(value)), /hunter2/)
    }),
  )
})
