import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { inspect } from 'node:util'
import {
  API,
  APIException,
  APIForbiddenException,
  absent,
  createJoinToken,
  createTrustToken,
  readTrustToken,
  trust,
} from '../../src/index.ts'
import {
  type Daemon,
  freePort,
  makeCertificate,
  missingReason,
  serverKinds,
  startDaemon,
} from '../daemon/index.ts'
import { after, before, describe, it } from './node-test.ts'

for (const kind of ['lxd', 'incus'] as const) {
  const { client, title } = serverKinds[kind]
  describe(`Tokens of ${title}`, { skip: missingReason(kind) }, () => {
    let daemon: Daemon
    let joining: Daemon
    let root: ReturnType<typeof API.factory>
    before(async () => {
      ;[daemon, joining] = await Promise.all([
        startDaemon(kind, { bare: true }),
        startDaemon(kind, { bare: true }),
      ])
      root = API.factory({ socketPath: daemon.socketPath })
    })
    after(async () => {
      await root.close()
      await Promise.all([daemon.stop(), joining.stop()])
    })

    it('are refused by a server that listens on no address', async () => {
      await assert.rejects(createTrustToken(root, { name: 'early' }), (error: unknown) => {
        assert.ok(error instanceof APIException)
        assert.match(error.message, /^POST \S+\/1\.0\/certificates Can't issue token when server isn't/)
        return true
      })
      await daemon.listenHttps()
    })

    it(`are what \`${client} remote add\` takes, once`, async () => {
      const { baseUrl } = await daemon.listenHttps()
      const { token, changed, operation, expiresAt } = await createTrustToken(root['1.0'], { name: 'ci' })
      assert.equal(changed, true)
      assert.equal(expiresAt, undefined)
      const { clientName, addresses } = readTrustToken(token)
      assert.deepEqual([clientName, `https://${addresses[0]}`], ['ci', baseUrl])
      await daemon.cli(['remote', 'add', 'prod', token])
      assert.match(await daemon.cli(['remote', 'list', '--format', 'csv']), new RegExp(`prod,${baseUrl}`))
      const { metadata } = await root['1.0'].certificates.get({ query: { recursion: 1 } })
      assert.deepEqual(
        metadata.map(({ name, restricted }) => [name, restricted]),
        [['ci', false]],
      )
      assert.equal((await absent(operation)).changed, false)
    })

    it('of a client that is restricted let it use its projects only', async t => {
      await root['1.0'].projects.post({ name: 'web', config: { 'features.images': 'false' } })
      const { token } = await createTrustToken(root, { name: 'web-ci', projects: ['web'] })
      const api = newcomer(t, token)
      await trust(api, { token })
      const { metadata } = await api['1.0'].projects.get({ query: { recursion: 1 } })
      assert.deepEqual(
        metadata.map(({ name }) => name),
        ['web'],
      )
    })

    it('are revoked by absent(), and then refused', async t => {
      const { token, operation } = await createTrustToken(root, { name: 'revoked' })
      assert.equal((await absent(operation, { check: true })).changed, true)
      assert.equal((await absent(operation)).changed, true)
      assert.equal((await absent(operation)).changed, false)
      await assert.rejects(trust(newcomer(t, token), { token }), APIForbiddenException)
    })

    it('tell when they expire', async t => {
      await daemon.request('PATCH', '/1.0', { config: { 'core.remote_token_expiry': '1H' } })
      t.after(() => daemon.request('PATCH', '/1.0', { config: { 'core.remote_token_expiry': '' } }))
      const { token, expiresAt, operation } = await createTrustToken(root, { name: 'hour' })
      assert.ok(expiresAt && expiresAt.getTime() > Date.now())
      assert.equal(readTrustToken(token).expiresAt?.getTime(), expiresAt.getTime())
      await absent(operation)
    })

    it('are refused for anything but clients, in the server’s words', async () => {
      await assert.rejects(
        createTrustToken(root, { name: 'metrics', type: 'metrics' }),
        /Tokens can only be issued for client certificates$/,
      )
    })

    it('are not created by a check', async () => {
      const outcome = await createTrustToken(root, { name: 'maybe', check: true })
      assert.deepEqual(outcome.difference, [
        { path: [], from: undefined, to: { name: 'maybe', type: 'client', restricted: undefined } },
      ])
      assert.equal(outcome.changed, true)
      assert.doesNotMatch(JSON.stringify(await daemon.request('GET', '/1.0/operations?recursion=1')), /maybe/)
    })

    it('are shown by nothing that is printed', async () => {
      const created = await createTrustToken(root, { name: 'quiet' })
      const { secret } = JSON.parse(Buffer.from(created.token, 'base64').toString())
      for (const shown of [inspect(created, { depth: 9 }), JSON.stringify(created)]) {
        assert.ok(!shown.includes(secret))
        assert.ok(!shown.includes(created.token))
        assert.ok(shown.includes(String(created.operation)))
      }
      await absent(created.operation)
    })

    it('let a server join a cluster as the member that they name', async () => {
      const { baseUrl } = await daemon.listenHttps()
      await assert.rejects(createJoinToken(root, { member: 'n2' }), APIException)
      await root['1.0'].cluster.put({ server_name: 'n1', enabled: true }).wait()
      const revoked = await createJoinToken(root, { member: 'n3' })
      assert.equal((await absent(revoked.operation)).changed, true)
      const { token } = await createJoinToken(root, { member: 'n2' })
      assert.equal(`https://${readTrustToken(token).addresses[0]}`, baseUrl)
      const server_address = `127.0.0.1:${await freePort()}`
      const join = (cluster_token: string): Promise<void> =>
        joining.init({ cluster: { enabled: true, server_address, cluster_token, member_config: [] } })
      await assert.rejects(join(revoked.token))
      await join(token)
      const { metadata } = await root['1.0'].cluster.members.get({ query: { recursion: 1 } })
      assert.deepEqual(metadata.map(({ server_name }) => server_name).sort(), ['n1', 'n2'])
    })
  })
}

function newcomer(t: TestContext, token: string): ReturnType<typeof API.factory> {
  const { cert, key } = makeCertificate({ name: 'newcomer' })
  const api = API.fromToken(token, { cert, key })
  t.after(() => api.close())
  return api
}
