import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type OidcTokens, oidcTokenFile } from '../../src/index.ts'
import { createTempFolder } from '../daemon/clean-up.ts'

function jwt(claims: object): string {
  return ['{}', JSON.stringify(claims), 'signature']
    .map(part => Buffer.from(part).toString('base64url'))
    .join('.')
}

// As `incus remote add --auth-type=oidc` of Incus 6.0.4 writes it: the time of the log-in is the `expiry`.
const WRITTEN = {
  access_token: jwt({ exp: 1795725317, iss: 'https://login.example' }),
  token_type: 'Bearer',
  refresh_token: 'refresh',
  expiry: '2026-11-26T19:35:17.458680701Z',
  IDTokenClaims: null,
  IDToken: jwt({ iss: 'https://login.example' }),
}

function fileWith(content: unknown): string {
  const path = join(createTempFolder(), 'prod.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

describe('oidcTokenFile()', () => {
  test('reads what the programs have written, and for how long the access token is really valid', async () => {
    assert.deepEqual(await oidcTokenFile(fileWith(WRITTEN)).read(), {
      accessToken: WRITTEN.access_token,
      expiresAt: '2026-11-26T20:35:17.000Z',
      refreshToken: 'refresh',
      issuer: 'https://login.example',
      idToken: WRITTEN.IDToken,
    })
  })

  test('takes the expiry of a token that says nothing of itself', async () => {
    const opaque = { ...WRITTEN, access_token: 'opaque', IDToken: '' }
    const { expiresAt, issuer } = (await oidcTokenFile(fileWith(opaque)).read()) ?? {}
    assert.deepEqual([expiresAt, issuer], ['2026-11-26T19:35:17.458Z', undefined])
    const never = await oidcTokenFile(fileWith({ ...opaque, expiry: '0001-01-01T00:00:00Z' })).read()
    assert.equal(never?.expiresAt, undefined)
  })

  test('has no tokens where there is no file, or where nobody has logged in yet', async () => {
    assert.equal(await oidcTokenFile(join(createTempFolder(), 'none.json')).read(), undefined)
    assert.equal(await oidcTokenFile(fileWith({ IDTokenClaims: null, IDToken: '' })).read(), undefined)
  })

  test('keeps tokens for this user only, and what the programs have written besides', async () => {
    const path = fileWith({ ...WRITTEN, IDTokenClaims: { sub: 'jane' } })
    const tokens: OidcTokens = {
      accessToken: jwt({ exp: 1795725317 }),
      expiresAt: '2026-11-26T20:35:17.000Z',
      refreshToken: 'next',
      issuer: 'https://login.example',
      idToken: jwt({ iss: 'https://login.example' }),
    }
    const store = oidcTokenFile(path)
    await store.write(tokens)
    assert.deepEqual(await store.read(), tokens)
    assert.equal(statSync(path).mode & 0o777, 0o600)
    const { IDTokenClaims, token_type, refresh_token } = JSON.parse(readFileSync(path, 'utf8'))
    assert.deepEqual([IDTokenClaims, token_type, refresh_token], [{ sub: 'jane' }, 'Bearer', 'next'])
  })

  test('makes the folder, and leaves nothing else in it', async () => {
    const folder = join(createTempFolder(), 'oidctokens')
    const store = oidcTokenFile(join(folder, 'prod.json'))
    await Promise.all(['a', 'b', 'c'].map(accessToken => store.write({ accessToken })))
    assert.deepEqual(readdirSync(folder), ['prod.json'])
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    assert.match((await store.read())?.accessToken ?? '', /^[abc]$/)
  })

  test('that can’t be read is an error that shows nothing of it', async () => {
    for (const content of ['{"access_token":"geheim', '["geheim"]']) {
      const path = fileWith(content)
      await assert.rejects(oidcTokenFile(path).read(), {
        message: `${path} holds no tokens that can be read: delete it, and log in again`,
      })
    }
    await assert.rejects(oidcTokenFile(createTempFolder()).read(), { code: 'EISDIR' })
    assert.throws(() => oidcTokenFile(''), /^TypeError: oidcTokenFile\(\): give the path of a file/)
  })
})
