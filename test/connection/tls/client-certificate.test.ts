import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { findClientCertificate } from '../../../src/connection/tls/client-certificate.ts'
import { API, APIForbiddenException, type FactoryOptions } from '../../../src/index.ts'
import { type Certificate, makeCertificate } from '../../daemon/certificate.ts'
import { createTempFolder } from '../../daemon/clean-up.ts'
import { connect, failure, sync } from '../../servers/server.ts'
import { serveTls } from '../../servers/tls-server.ts'

const server = makeCertificate({ name: 'server' })
const client = makeCertificate({ name: 'client' })
const other = makeCertificate({ name: 'other' })
const serverCert = server.cert

function place(folder: string, { certPath, keyPath }: Partial<Certificate>): string {
  mkdirSync(folder, { recursive: true })
  if (certPath !== undefined) cpSync(certPath, join(folder, 'client.crt'))
  if (keyPath !== undefined) cpSync(keyPath, join(folder, 'client.key'))
  return folder
}

function nameFoundIn(environment: NodeJS.ProcessEnv): string | undefined {
  return findClientCertificate(environment).client?.certificate.subject
}

describe('the client shows', () => {
  const { fingerprint256 } = new X509Certificate(client.cert)
  const given: readonly [string, FactoryOptions][] = [
    ['the certificate that is given as text', { cert: client.cert, key: client.key }],
    ['the certificate that is given as paths', { cert: client.certPath, key: client.keyPath }],
  ]
  for (const [title, options] of given) {
    test(title, async t => {
      const { baseUrl, clients } = await serveTls(t, server, sync(1))
      await connect(t, { baseUrl, serverCert, ...options }).api.get()
      assert.deepEqual(clients, [fingerprint256])
    })
  }

  test('none beside a bearer token', async t => {
    const { baseUrl, clients, received } = await serveTls(t, server, sync(1))
    await connect(t, { baseUrl, serverCert, token: 'a-token' }).api.get()
    assert.deepEqual(clients, [''])
    assert.equal(received[0]?.headers.authorization, 'Bearer a-token')
  })
})

describe('where no certificate is given, it is', () => {
  for (const [variable, folder] of [
    ['HOME', '.config/lxc'],
    ['HOME', 'snap/lxd/common/config'],
    ['HOME', '.config/incus'],
    ['LXD_CONF', '.'],
    ['INCUS_CONF', '.'],
  ] as const) {
    test(`the one in ${folder} of ${variable}`, () => {
      const dir = createTempFolder()
      place(join(dir, folder), client)
      assert.equal(nameFoundIn({ HOME: '/nonexistent', [variable]: dir }), 'CN=client')
    })
  }

  test('the one of lxc before that of incus, and that of LXD_CONF before those below HOME', () => {
    const [HOME, LXD_CONF] = [createTempFolder(), place(createTempFolder(), other)]
    place(join(HOME, '.config/incus'), other)
    place(join(HOME, '.config/lxc'), client)
    assert.equal(nameFoundIn({ HOME }), 'CN=client')
    assert.equal(nameFoundIn({ HOME, LXD_CONF }), 'CN=other')
  })

  test('none, with the places that were looked in', () => {
    const { client, searchedFolders } = findClientCertificate({ HOME: '/nonexistent' })
    assert.equal(client, undefined)
    assert.deepEqual(searchedFolders, [
      '/nonexistent/.config/lxc',
      '/nonexistent/snap/lxd/common/config',
      '/nonexistent/.config/incus',
    ])
  })

  test('an error if only half of it is there', () => {
    const { certPath, keyPath } = client
    const [withKey, withCert] = [
      place(createTempFolder(), { keyPath }),
      place(createTempFolder(), { certPath }),
    ]
    assert.throws(() => nameFoundIn({ LXD_CONF: withKey }), {
      message: `There is the key ${withKey}/client.key, but not its certificate ${withKey}/client.crt`,
    })
    assert.throws(() => nameFoundIn({ LXD_CONF: withCert }), /client\.crt, but not its key .*client\.key$/)
  })
})

describe('API.factory() tells what is wrong with a certificate:', () => {
  const baseUrl = 'https://127.0.0.1:8443'
  const encrypted = createPrivateKey(client.key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'secret' })
    .toString()
  const { cert, key, certPath } = client
  const wrong: readonly [string, FactoryOptions, RegExp][] = [
    ['a key without it', { key }, /^cert and key go together: cert is missing$/],
    ['no key with it', { cert }, /^cert and key go together: key is missing$/],
    ['the key of another', { cert, key: other.key }, /^key is not the key of cert/],
    [
      'the key of another, in a file',
      { cert: certPath, key: other.keyPath },
      /^key \(\S+\.key\) is not the key of cert \(/,
    ],
    [
      'a file that is not there',
      { cert: '/nonexistent/client.crt', key },
      /^cert: cannot read \/nonexistent\/client.crt: no such file$/,
    ],
    ['a file that is not PEM', { cert: '/etc/hostname', key }, /^cert \(\/etc\/hostname\) is not PEM/],
    ['both the wrong way round', { cert: key, key: cert }, /^cert holds no certificate/],
    ['an encrypted key', { cert, key: encrypted }, /^key is encrypted: decrypt it with/],
    [
      'a socket, which knows no certificates',
      { socketPath: '/run/x', cert, key },
      /^cert, key: only for a baseUrl/,
    ],
  ]
  for (const [title, options, message] of wrong) {
    test(title, () => {
      const place = options.socketPath === undefined ? { baseUrl } : {}
      assert.throws(() => API.factory({ ...place, serverCert: undefined, ...options }), { message })
    })
  }
})

describe('a server’s HTTP 403 comes with what to do about it', () => {
  async function refusal(t: import('node:test').TestContext, options: FactoryOptions): Promise<string> {
    const { baseUrl } = await serveTls(t, server, failure(403, 'not authorized'))
    const error = await connect(t, { baseUrl, serverCert, ...options })
      .api.instances.get()
      .catch((error: unknown) => error)
    assert.ok(error instanceof APIForbiddenException)
    assert.equal(error.error, 'not authorized')
    assert.ok(error.stack?.includes(error.message))
    return error.message
  }

  test('where the client has a certificate', async t => {
    const message = await refusal(t, { cert: client.cert, key: client.key })
    assert.match(
      message,
      /instances not authorized \(if isTrusted\(api\) is false, trust\(api, \{ token \}\) makes/,
    )
  })

  test('where its certificate has expired', async t => {
    const { certPath, keyPath } = makeCertificate({ days: -1 })
    const message = await refusal(t, { cert: certPath, key: keyPath })
    assert.match(message, /not authorized \(the client's certificate \/\S+ expired on .* GMT: make a new one/)
  })

  test('where it has a token', async t => {
    assert.match(await refusal(t, { token: 'x' }), /not authorized \(does the server accept this token\?\)$/)
  })

  test('where it has no certificate, with the places to put one', async t => {
    const before = { ...process.env }
    t.after(() => Object.assign(process.env, before))
    process.env.HOME = '/nonexistent'
    delete process.env.LXD_CONF
    delete process.env.INCUS_CONF
    assert.match(
      await refusal(t, {}),
      /this client has no certificate: pass cert and key; there is none in \/nonexistent\/\.config\/lxc, /,
    )
  })
})
