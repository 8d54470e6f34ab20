import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import {
  APIConnectionException,
  APIForbiddenException,
  CertificateMismatchError,
  type FactoryOptions,
} from '../../src/index.ts'
import {
  type Certificate,
  type Connection,
  connectOverHttps,
  type Daemon,
  freePort,
  makeCertificate,
  missingReason,
  serverKinds,
  startDaemon,
} from '../daemon/index.ts'
import { runScript } from '../runner/run-script.ts'
import { connect } from '../servers/server.ts'
import { eavesdrop } from '../servers/tls-server.ts'
import { after, before, describe, it } from './node-test.ts'

const other = makeCertificate({ name: 'other' })

async function failureOf(t: TestContext, options: FactoryOptions): Promise<Error> {
  const error = await connect(t, options)
    .api.instances.get()
    .catch((error: unknown) => error)
  assert.ok(error instanceof Error, 'it was answered')
  return error
}

for (const kind of ['lxd', 'incus'] as const) {
  describe(`${serverKinds[kind].title} over HTTPS`, { skip: missingReason(kind) }, () => {
    let daemon: Daemon
    let there: Required<Omit<Connection, 'socketPath'>>
    before(async () => {
      daemon = await connectOverHttps(await startDaemon(kind, { bare: true }))
      there = daemon.connection as typeof there // True: that is what connectOverHttps() sets.
    })
    after(() => daemon.stop())

    it('is taken for itself by its certificate, its fingerprint, an authority, or not at all', async t => {
      const { baseUrl, cert, key, serverCert } = there
      const { fingerprint256 } = new X509Certificate(serverCert)
      const serverCertPath = join(daemon.dir, 'server.crt')
      const ways = [
        { serverCert },
        { serverCert: serverCertPath },
        { fingerprint: fingerprint256 },
        { ca: serverCert },
      ]
      for (const way of [...ways, { insecure: true }]) {
        const { metadata } = await connect(t, { baseUrl, cert, key, ...way }).api.get()
        assert.equal(metadata.auth, 'trusted')
        assert.equal(metadata.environment.server_version, daemon.version)
      }
    })

    it('is talked to by 100 calls at once, and by websockets', async t => {
      const { api } = connect(t, there)
      const calls = await Promise.all(Array.from({ length: 100 }, () => api.instances.get()))
      assert.equal(calls.length, 100)
      const socket = await api.events.websocket()
      socket.close()
      await socket.closed
    })

    it('is refused where nobody vouches for it', async t => {
      const { baseUrl, cert, key } = there
      const error = await failureOf(t, { baseUrl, cert, key })
      assert.ok(error instanceof APIConnectionException)
      assert.match(error.message, /self-signed certificate \(no authority vouches .* `serverCert`/)
    })

    it('is refused where another certificate is pinned', async t => {
      for (const pin of [
        { serverCert: other.cert },
        { serverCert: undefined, fingerprint: '0'.repeat(64) },
      ]) {
        const error = await failureOf(t, { ...there, ...pin })
        assert.ok(error.cause instanceof CertificateMismatchError)
        assert.equal(
          error.cause.fingerprint,
          new X509Certificate(there.serverCert).fingerprint256.replaceAll(':', '').toLowerCase(),
        )
      }
    })

    it('lets a client in without a certificate, or with one that expired, only to the door', async t => {
      const { baseUrl, serverCert } = there
      const expired = makeCertificate({ days: -1 })
      await daemon.trust(expired.cert, { name: 'expired' }).catch(() => {})
      const { certPath: cert, keyPath: key } = expired
      assert.equal(
        (await connect(t, { baseUrl, serverCert, cert, key }).api.get()).metadata.auth,
        'untrusted',
      )
      const error = await failureOf(t, { baseUrl, serverCert, cert, key })
      assert.ok(error instanceof APIForbiddenException)
      assert.match(error.message, /not authorized \(the client's certificate \/\S+ expired on/)
      const stranger = await failureOf(t, { baseUrl, serverCert, cert: other.cert, key: other.key })
      assert.match(stranger.message, /not authorized \(if isTrusted\(api\) is false, trust\(api/)
    })

    it('tells what is wrong with the address', async t => {
      const { baseUrl, ...rest } = there
      const url = new URL(baseUrl)
      const plain = await failureOf(t, { baseUrl: `http://${url.host}` })
      assert.match(
        plain.message,
        /Client sent an HTTP request to an HTTPS server. \(begin baseUrl with https/,
      )
      const closed = await failureOf(t, { ...rest, baseUrl: `https://127.0.0.1:${await freePort()}` })
      assert.match(
        closed.message,
        /ECONNREFUSED 127.0.0.1:\d+ \(nobody listens there: is core.https_address set/,
      )
      const wrong = await failureOf(t, { ...rest, baseUrl: 'https://no-such-host.invalid:8443' })
      assert.match(wrong.message, /(ENOTFOUND|EAI_AGAIN) no-such-host.invalid \(/)
    })

    it('is reached by the curl command of the trace, pasted into a shell', {
      skip: missingReason('curl'),
    }, async () => {
      const { certPath, keyPath } = (await trusted(daemon)) satisfies Certificate
      const options = {
        baseUrl: there.baseUrl,
        cert: certPath,
        key: keyPath,
        serverCert: join(daemon.dir, 'server.crt'),
      }
      const script = `await API.factory(${JSON.stringify(options)})['1.0'].get({ query: { project: 'default' } })`
      const { stderr } = await runScript(script, there.baseUrl, { DEBUG: 'lxdapi:curl' })
      const command = /curl .*/.exec(stderr)?.[0] ?? ''
      const answer = JSON.parse(execFileSync('sh', ['-c', command], { encoding: 'utf8', stdio: 'pipe' }))
      assert.equal(answer.metadata.auth, 'trusted')
      const elsewhere = command.replace(/sha256\/\/[^' ]{4}/, 'sha256//AAAA')
      assert.throws(() => execFileSync('sh', ['-c', elsewhere], { stdio: 'pipe' }), /pinned|status|failed/i)
    })

    // The last one, since after it the server is another.
    it('is refused once its certificate changed, as is a man in the middle, who hears nothing', async t => {
      const { api } = connect(t, there)
      await api.instances.get()
      const middle = await eavesdrop(t, other)
      const tapped = connect(t, { ...there, baseUrl: middle.baseUrl })
      const calls = [tapped.api.instances.post({ name: 'secret' }), tapped.api.events.websocket()]
      for (const { status } of await Promise.allSettled(calls)) assert.equal(status, 'rejected')
      assert.equal(await middle.connections(), 2)
      assert.equal(middle.heard(), '')

      for (const name of ['server.crt', 'server.key']) rmSync(join(daemon.dir, name))
      await daemon.restart()
      const renewed = readFileSync(join(daemon.dir, 'server.crt'), 'utf8')
      await assert.rejects(
        api.instances.get(),
        /certificate is not the pinned one: it has the fingerprint [0-9a-f]{64}/,
      )
      assert.equal((await connect(t, { ...there, serverCert: renewed }).api.get()).metadata.auth, 'trusted')
    })
  })
}

async function trusted(daemon: Daemon): Promise<Certificate> {
  const certificate = makeCertificate({ name: 'curl' })
  await daemon.trust(certificate.cert, { name: 'curl' })
  return certificate
}
