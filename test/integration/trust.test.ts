import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import {
  API,
  APIException,
  APIForbiddenException,
  CertificateMismatchError,
  type FactoryOptions,
  isTrusted,
  readTrustToken,
  trust,
} from '../../src/index.ts'
import {
  type Daemon,
  freePort,
  type Kind,
  makeCertificate,
  missingReason,
  serverKinds,
  startDaemon,
} from '../daemon/index.ts'
import { eavesdrop } from '../servers/tls-server.ts'
import { after, before, describe, it } from './node-test.ts'

const TOKEN_COMMANDS: Readonly<Record<Kind, readonly string[]>> = {
  lxd: ['config', 'trust', 'add', '--name'],
  incus: ['config', 'trust', 'add'],
}

type Server = ReturnType<typeof API.factory>

async function makeToken(daemon: Daemon, name: string): Promise<string> {
  const printed = await daemon.cli([...TOKEN_COMMANDS[daemon.kind], name])
  return printed.trim().split('\n').at(-1) ?? ''
}

function newcomer(t: TestContext, make: (identity: FactoryOptions) => Server): Server {
  const { cert, key } = makeCertificate({ name: 'newcomer' })
  const api = make({ cert, key })
  t.after(() => api.close())
  return api
}

function tamper(token: string, change: object): string {
  const fields = JSON.parse(Buffer.from(token, 'base64').toString())
  return Buffer.from(JSON.stringify({ ...fields, ...change })).toString('base64')
}

for (const kind of ['lxd', 'incus'] as const) {
  describe(`trust() of ${serverKinds[kind].title}`, { skip: missingReason(kind) }, () => {
    let daemon: Daemon
    let baseUrl: string
    let serverCert: string
    before(async () => {
      daemon = await startDaemon(kind, { bare: true })
      ;({ baseUrl, serverCert } = await daemon.listenHttps())
    })
    after(() => daemon.stop())

    it('comes by a token: untrusted, trusted, and then nothing is left to change', async t => {
      const token = await makeToken(daemon, 'joe')
      const api = newcomer(t, identity => API.fromToken(token, identity))
      assert.equal(await isTrusted(api), false)
      await assert.rejects(api['1.0'].instances.get(), APIForbiddenException)
      assert.equal((await trust(api, { token, check: true })).changed, true)
      assert.equal(await isTrusted(api), false)
      assert.equal((await trust(api, { token })).changed, true)
      assert.equal(await isTrusted(api['1.0']), true)
      assert.deepEqual(
        (await api['1.0'].certificates.get({ query: { recursion: 1 } })).metadata.at(-1)?.name,
        'joe',
      )
      await api['1.0'].instances.get()
      assert.equal((await trust(api['1.0'], { token })).changed, false)
    })

    it('comes to two that use one token at the same time with one certificate once', async t => {
      const token = await makeToken(daemon, 'twins')
      const { cert, key } = makeCertificate({ name: 'twin' })
      const twins = [0, 1].map(() => API.fromToken(token, { cert, key }))
      t.after(() => Promise.all(twins.map(api => api.close())))
      const changed = await Promise.all(twins.map(api => trust(api, { token })))
      assert.equal(changed.filter(one => one.changed).length, 1)
    })

    it('tries the addresses of the token in turn, and passes by what is another server', async t => {
      const token = await makeToken(daemon, 'mobile')
      const middle = await eavesdrop(t, makeCertificate({ name: 'other' }))
      const addresses = [`127.0.0.1:${await freePort()}`, new URL(middle.baseUrl).host, new URL(baseUrl).host]
      const moved = tamper(token, { addresses })
      const api = newcomer(t, identity => API.fromToken(moved, identity))
      assert.equal((await trust(api, { token })).changed, true)
      assert.ok((await middle.connections()) > 0)
      assert.equal(middle.heard(), '')
    })

    it('does not come by a token that has been used', async t => {
      const token = await makeToken(daemon, 'first')
      await trust(
        newcomer(t, identity => API.fromToken(token, identity)),
        { token },
      )
      const second = newcomer(t, identity => API.fromToken(token, identity))
      await assert.rejects(trust(second, { token }), (error: unknown) => {
        assert.ok(error instanceof APIForbiddenException)
        assert.match(
          error.message,
          /POST \S+\/1.0\/certificates .+ \(the token has been used, was revoked or has expired/,
        )
        return true
      })
    })

    it('does not come by a token whose secret was changed', async t => {
      const token = tamper(await makeToken(daemon, 'forged'), { secret: '0'.repeat(64) })
      const api = newcomer(t, identity => API.fromToken(token, identity))
      await assert.rejects(trust(api, { token }), APIForbiddenException)
      assert.equal(await isTrusted(api), false)
    })

    it('does not come by a token of another server, which is not even sent', async t => {
      const token = tamper(await makeToken(daemon, 'astray'), { fingerprint: 'ab'.repeat(32) })
      for (const options of [{ insecure: true }, { ca: serverCert }, { serverCert }]) {
        const api = newcomer(t, identity => API.factory({ baseUrl, ...options, ...identity }))
        const error = await trust(api, { token }).catch((error: unknown) => error)
        assert.ok(error instanceof Error)
        assert.ok([error, error.cause].some(one => one instanceof CertificateMismatchError))
        assert.equal(await isTrusted(api), false)
      }
    })

    it('does not come by a token that has expired', async t => {
      await daemon.request('PATCH', '/1.0', { config: { 'core.remote_token_expiry': '1S' } })
      t.after(() => daemon.request('PATCH', '/1.0', { config: { 'core.remote_token_expiry': '' } }))
      const token = await makeToken(daemon, 'late')
      const { expiresAt } = readTrustToken(token)
      assert.ok(expiresAt)
      while (Date.now() <= expiresAt.getTime()) await delay(50)
      const api = newcomer(t, identity => API.fromToken(token, identity))
      await assert.rejects(trust(api, { token }), (error: unknown) => {
        assert.ok(error instanceof APIException)
        assert.match(error.message, /expired/)
        return true
      })
      assert.equal(await isTrusted(api), false)
    })

    it('is there already over the socket', async t => {
      const api = API.factory({ socketPath: daemon.socketPath })
      t.after(() => api.close())
      assert.equal((await trust(api, { token: await makeToken(daemon, 'local') })).changed, false)
      assert.equal(await isTrusted(api), true)
    })

    it('needs a certificate to enrol', async t => {
      const api = API.factory({ baseUrl, serverCert, token: 'a bearer token instead of a certificate' })
      t.after(() => api.close())
      await assert.rejects(
        trust(api, { token: await makeToken(daemon, 'bare') }),
        /no client certificate to enrol/,
      )
    })

    if (kind === 'incus') return

    it('comes by the trust password of LXD 5.0', async t => {
      await daemon.setTrustPassword('a password')
      const api = newcomer(t, identity => API.factory({ baseUrl, serverCert, ...identity }))
      await assert.rejects(trust(api, { password: 'wrong' }), (error: unknown) => {
        assert.ok(error instanceof APIForbiddenException)
        assert.match(error.message, /\(the trust password is wrong, or the server has none\)$/)
        return true
      })
      assert.equal((await trust(api, { password: 'a password', name: 'friend' })).changed, true)
      assert.equal((await trust(api, { password: 'a password' })).changed, false)
      const { metadata } = await api['1.0'].certificates.get({ query: { recursion: 1 } })
      assert.ok(metadata.some(({ name }: { name: string }) => name === 'friend'))
    })
  })
}
