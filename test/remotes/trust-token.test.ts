import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { API, readTrustToken } from '../../src/index.ts'

const FINGERPRINT = 'ab'.repeat(32)
// As LXD 5.0.2 and Incus 6.0.4 make it.
const FIELDS = {
  client_name: 'joe',
  fingerprint: FINGERPRINT,
  addresses: ['10.0.0.5:8443', '[fd42::1]:8443'],
  secret: 'geheim',
  expires_at: '0001-01-01T00:00:00Z',
}

function encode(fields: object): string {
  return Buffer.from(JSON.stringify(fields)).toString('base64')
}

describe('a trust token', () => {
  test('tells all but its secret', () => {
    assert.deepEqual(readTrustToken(encode(FIELDS)), {
      clientName: 'joe',
      fingerprint: FINGERPRINT,
      addresses: ['10.0.0.5:8443', '[fd42::1]:8443'],
      expiresAt: undefined,
      type: '',
    })
  })

  test('tells when it expires, and may end in a line break', () => {
    const token = encode({ ...FIELDS, expires_at: '2026-11-23T14:38:44.784564608Z' })
    assert.equal(readTrustToken(`${token}\n`).expiresAt?.toISOString(), '2026-11-23T14:38:44.784Z')
  })

  const { secret: _secret, ...withoutSecret } = FIELDS
  const wrong: readonly [string, string][] = [
    ['that is a trust password', 'geheim'],
    ['that is cut short', encode(FIELDS).slice(0, 60)],
    ['that is empty', ''],
    ['without a secret', encode(withoutSecret)],
    ['without a fingerprint', encode({ ...FIELDS, fingerprint: '' })],
    ['that is a list', encode([FIELDS])],
  ]
  for (const [title, token] of wrong) {
    test(`${title} is a TypeError that shows nothing of it`, () => {
      assert.throws(
        () => readTrustToken(token),
        (error: unknown) => error instanceof TypeError && !error.message.includes('geheim'),
      )
    })
  }

  test('is enough to make an API of, pinned and at all its addresses', () => {
    const api = API.fromToken(encode(FIELDS))
    for (const address of FIELDS.addresses)
      assert.equal(String(api.forUrl(`https://${address}/1.0/instances`)), '/1.0/instances')
    assert.throws(() => API.fromToken(encode(FIELDS), { insecure: true }), /contradict/)
  })
})
