import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import {
  API,
  APIException,
  events,
  exec,
  isTrusted,
  type OidcCode,
  type OidcOptions,
  oidcTokenFile,
} from '../../src/index.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { buildImage, type Daemon, missingReason, startIncus } from '../daemon/index.ts'
import { AUDIENCE, CLIENT_ID, type Issuer, startIssuer, USER } from '../servers/issuer.ts'
import { startContainer } from './live-container.ts'
import { after, before, describe, it } from './node-test.ts'

describe('A log-in to Incus by OpenID Connect', { skip: missingReason('incus') }, () => {
  let daemon: Daemon
  let issuer: Issuer
  let connection: { readonly baseUrl: string; readonly serverCert: string }
  before(async () => {
    ;[daemon, issuer] = await Promise.all([startIncus(), startIssuer()])
    const { baseUrl, serverCert } = await daemon.listenHttps()
    connection = { baseUrl, serverCert }
    const config = { 'oidc.issuer': issuer.url, 'oidc.client.id': CLIENT_ID, 'oidc.audience': AUDIENCE }
    await daemon.request('PATCH', '/1.0', { config })
  })
  after(async () => {
    await daemon.stop()
    await issuer.stop()
  })

  function connect(t: TestContext, oidc: OidcOptions): ReturnType<typeof API.factory> {
    const api = API.factory({ ...connection, oidc })
    t.after(() => api.close())
    return api
  }

  it('makes the calls, the websockets and the streams of a script those of the user', async t => {
    const codes: OidcCode[] = []
    const onCode = async (code: OidcCode): Promise<void> => {
      codes.push(code)
      await issuer.approve(code.code)
    }
    const store = oidcTokenFile(join(createTempFolder(), 'tokens.json'))
    const api = connect(t, { onCode, store })
    // A stream can't be sent twice, and events are a websocket.
    const image = createReadStream(await buildImage())
    const headers = { 'content-type': 'application/octet-stream' }
    const [{ metadata }, uploaded, stream] = await Promise.all([
      api['1.0'].get(),
      api['1.0'].images.post(image, { headers }).wait(),
      events(api),
    ])
    await stream.return()
    assert.deepEqual(
      [metadata.auth, metadata.auth_user_method, metadata.auth_user_name],
      ['trusted', 'oidc', USER],
    )
    assert.equal(codes.length, 1)
    await startContainer(api, 'c1', uploaded.metadata.metadata.fingerprint)
    const { stdout } = await exec(api['1.0'].instances.c1, ['echo', 'hello'])
    assert.equal(stdout, 'hello\n')

    // Another process finds the tokens.
    assert.equal(await isTrusted(connect(t, { store })), true)
  })

  it('is refreshed when the server accepts the token no more, or it is about to expire', async t => {
    const store = oidcTokenFile(join(createTempFolder(), 'tokens.json'))
    await connect(t, { store, onCode: ({ code }) => issuer.approve(code) })['1.0'].get()
    const tokens = await store.read()
    assert.ok(tokens?.refreshToken)

    const [header, claims] = tokens.accessToken.split('.')
    await store.write({ ...tokens, accessToken: `${header}.${claims}.forged` })
    const { metadata } = await connect(t, { store })['1.0'].projects.get()
    assert.deepEqual(metadata, ['/1.0/projects/default'])
    const refreshed = await store.read()
    assert.notEqual(refreshed?.refreshToken, tokens.refreshToken)

    const soon = new Date().toISOString()
    await store.write({ ...tokens, ...refreshed, accessToken: 'opaque', expiresAt: soon })
    await connect(t, { store })['1.0'].projects.get()
    assert.equal(issuer.requests.filter(line => line === 'POST /token refresh_token 200').length, 2)
  })

  it('that the user refuses, or the caller gives up, is an exception', async t => {
    const refusing = connect(t, { onCode: ({ code }) => issuer.deny(code) })
    await assert.rejects(refusing['1.0'].get(), (error: unknown) => {
      assert.ok(error instanceof APIException)
      assert.match(error.message, /^POST \S+\/token access_denied \(the log-in was refused\)$/)
      return true
    })
    const controller = new AbortController()
    const reason = new Error('enough')
    const waiting = connect(t, { onCode: () => controller.abort(reason) })
    await assert.rejects(waiting['1.0'].get({ signal: controller.signal }), reason)
  })

  it('that `incus remote add` has done is used by API.remote(), and the other way round', async t => {
    const { baseUrl } = connection
    issuer.interval = 1
    const add = ['remote', 'add', 'prod', baseUrl, '--accept-certificate', '--auth-type=oidc']
    await approveInTerminal(incus(daemon, add), issuer)
    useEnvironment(t, {
      HOME: '/nonexistent',
      LXD_GLOBAL_CONF: '/nonexistent',
      INCUS_GLOBAL_CONF: '/nonexistent',
      INCUS_CONF: join(daemon.dir, 'client'),
    })
    const path = join(daemon.dir, 'client/oidctokens/prod.json')
    const before = readFileSync(path, 'utf8')
    const prod = API.remote('prod')
    t.after(() => prod.close())
    assert.equal((await prod['1.0'].get()).metadata.auth_user_name, USER)
    assert.equal(readFileSync(path, 'utf8'), before)

    // What is refreshed here is what the program goes on with.
    const store = oidcTokenFile(path)
    const tokens = await store.read()
    assert.ok(tokens)
    await store.write({ ...tokens, accessToken: 'expired', expiresAt: new Date().toISOString() })
    const later = API.remote('prod')
    t.after(() => later.close())
    await later['1.0'].projects.get()
    assert.notEqual(readFileSync(path, 'utf8'), before)
    assert.equal(statSync(path).mode & 0o777, 0o600)
    const { length } = issuer.requests
    assert.match(await daemon.cli(['query', 'prod:/1.0']), new RegExp(`"auth_user_name": "${USER}"`))
    assert.equal(issuer.requests.length, length)
  })
})

function incus(daemon: Daemon, args: readonly string[]): ChildProcess {
  const env = { ...process.env, INCUS_DIR: daemon.dir, INCUS_CONF: join(daemon.dir, 'client') }
  return spawn('incus', args, { env, stdio: ['ignore', 'pipe', 'ignore'] })
}

/** Consents to the log-in whose code a program prints; resolves once the program has ended. */
async function approveInTerminal(program: ChildProcess, issuer: Issuer): Promise<void> {
  const ended = once(program, 'close')
  let printed = ''
  for await (const chunk of program.stdout ?? []) {
    printed += String(chunk)
    const code = /^Code: (\S+)$/m.exec(printed)?.[1]
    if (code === undefined) continue
    printed = ''
    await issuer.approve(code)
  }
  assert.deepEqual(await ended, [0, null])
}

function useEnvironment(t: TestContext, environment: NodeJS.ProcessEnv): void {
  const before = { ...process.env }
  Object.assign(process.env, environment)
  t.after(() => {
    for (const name of Object.keys(environment)) delete process.env[name]
    Object.assign(process.env, before)
  })
}
