import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { trust } from '../../../src/index.ts'
import { makeCertificate } from '../../daemon/certificate.ts'
import { connect, sync } from '../../servers/server.ts'
import { serveTls } from '../../servers/tls-server.ts'

const own = makeCertificate({ name: 'server' })
const client = makeCertificate({ name: 'client' })
const fingerprint = new X509Certificate(own.cert).fingerprint256
const token = Buffer.from(JSON.stringify({ fingerprint, addresses: [], secret: 's' })).toString('base64')

/** What `POST /1.0/certificates` brought, to a server that tells an untrusted client these extensions. */
async function join(t: TestContext, extensions: object): Promise<unknown> {
  const untrusted = { auth: 'untrusted', ...extensions }
  const { baseUrl, received } = await serveTls(t, own, sync(untrusted))
  const { root } = connect(t, { baseUrl, serverCert: own.cert, cert: client.cert, key: client.key })
  assert.equal((await trust(root, { token })).changed, true)
  return JSON.parse(String(received.find(({ method }) => method === 'POST')?.body))
}

test('trust() takes a token to a server that tells its extensions only to those it trusts', async t => {
  // As Incus 7 does.
  const body = { type: 'client', trust_token: token }
  assert.deepEqual(await join(t, { api_extensions: null }), body)
  assert.deepEqual(await join(t, {}), body)
})

test('trust() sends a token as a password only where nothing else is known', async t => {
  const body = { type: 'client', trust_token: token }
  assert.deepEqual(await join(t, { api_extensions: ['explicit_trust_token'] }), body)
  assert.deepEqual(await join(t, { api_extensions: ['projects'] }), { ...body, password: token })
})
