import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, type TestContext, test } from 'node:test'
import { inspect } from 'node:util'
import { type Outcome, type Path, present } from '../../../src/index.ts'
import { parseImageName } from '../../../src/shortcuts/image-source/image-name.ts'
import { makeCertificate } from '../../daemon/certificate.ts'
import { configure, NOWHERE, useEnvironment } from '../../remotes/configuration.ts'
import { type Answer, failure, type Received, type Reply, serve, sync } from '../../servers/server.ts'

const certificate = makeCertificate({ name: 'images' })
const CONFIG = `remotes:
  own: {addr: https://images.example, protocol: simplestreams, public: true}
  guarded: {addr: 'https://me:hunter22@images.example/all', protocol: simplestreams, public: true}
  two: {addr: 'https://one.example,https://two.example', protocol: simplestreams, public: true}
  docker: {addr: https://docker.io, protocol: oci, public: true}
`

interface FakeServer {
  readonly api: Path
  readonly received: readonly Received[]
  /** The source of each instance that it was to create. */
  sources(): readonly unknown[]
}

/** Starts what answers as a server without instances, which creates all that it is asked for. */
async function serveServer(
  t: TestContext,
  server: string,
  extensions: readonly string[] = [],
  create: (received: Received) => Reply = () => sync({}),
): Promise<FakeServer> {
  const environment = { server, server_version: '1', certificate: 'PEM', addresses: [] }
  const info = { auth: 'trusted', api_extensions: extensions, environment }
  let isThere = false
  const { api, received } = await serve(t, request => {
    if (request.url === '/1.0') return sync(info)
    if (request.url === '/1.0/operations') return sync({})
    if (request.method === 'GET' && isThere) return sync({ status: 'Stopped', config: {} })
    if (request.method === 'GET') return failure(404, 'Not found')
    const reply = create(request)
    isThere = reply.status === undefined
    return reply
  })
  const posted = () => received.filter(({ method }) => method === 'POST')
  return { api, received, sources: () => posted().map(({ body }) => JSON.parse(String(body)).source) }
}

/** Returns the answers of a server with one image, which has the alias `base`. */
function answerPrivateImage(environment: object, image: { readonly fingerprint: string }): Answer {
  return ({ url, method }) => {
    if (url === '/1.0') return sync({ auth: 'trusted', api_extensions: [], environment })
    if (url === '/1.0/images/aliases/base') return sync({ name: 'base', target: image.fingerprint })
    return method === 'GET' ? sync(image) : sync({ metadata: { secret: 's3cret' } })
  }
}

function useConfig(t: TestContext): void {
  const folder = configure(CONFIG, { 'servercerts/own.crt': certificate.certPath })
  useEnvironment(t, { ...NOWHERE, INCUS_CONF: folder })
}

const STREAMS = { type: 'image', mode: 'pull', protocol: 'simplestreams' }
const UBUNTU = 'https://cloud-images.ubuntu.com'

describe('text as the source of an instance', () => {
  const cases: readonly [string, string, object][] = [
    ['lxd', 'ubuntu:24.04', { ...STREAMS, server: `${UBUNTU}/releases/`, alias: '24.04' }],
    ['lxd', 'ubuntu-minimal-daily:', { ...STREAMS, server: `${UBUNTU}/minimal/daily/`, alias: 'default' }],
    [
      'lxd',
      'images:debian/12',
      { ...STREAMS, server: 'https://images.lxd.canonical.com', alias: 'debian/12' },
    ],
    [
      'incus',
      'guarded:debian/12',
      { ...STREAMS, server: 'https://me:hunter22@images.example/all', alias: 'debian/12' },
    ],
    [
      'incus',
      'own:debian/12',
      {
        ...STREAMS,
        server: 'https://images.example',
        alias: 'debian/12',
        certificate: readFileSync(certificate.certPath, 'utf8'),
      },
    ],
    [
      'incus',
      'docker:library/nginx:1.27',
      { ...STREAMS, protocol: 'oci', server: 'https://docker.io', alias: 'library/nginx:1.27' },
    ],
    ['lxd', 'incus:two:web', { ...STREAMS, server: 'https://one.example', alias: 'web' }],
  ]
  for (const [server, source, expected] of cases) {
    test(`${source} is what ${server === 'lxd' ? 'lxc' : 'incus'} makes of it`, async t => {
      useConfig(t)
      const { api, sources } = await serveServer(t, server, ['instance_oci'])
      assert.equal((await present(api.instances.web, { source })).changed, true)
      assert.deepEqual(sources(), [expected])
    })
  }

  test('images: of Incus is its own image server', async t => {
    useEnvironment(t, NOWHERE)
    const { api, sources } = await serveServer(t, 'incus')
    await present(api.instances.web, { source: 'images:debian/12' })
    assert.deepEqual(sources(), [
      { ...STREAMS, server: 'https://images.linuxcontainers.org', alias: 'debian/12' },
    ])
  })

  test('is tried at the next address if the server can’t reach one', async t => {
    useConfig(t)
    const create = ({ body }: Received): Reply =>
      String(body).includes('one.example') ? failure(400, 'dial tcp: no route to host') : sync({})
    const { api, sources } = await serveServer(t, 'incus', [], create)
    await present(api.instances.web, { source: 'two:web' })
    const tried = sources().map(source => (source as { server: string }).server)
    assert.deepEqual(tried, ['https://one.example', 'https://two.example'])
  })

  const unknown: readonly [string, string, RegExp][] = [
    [
      'incus',
      'ubuntu:24.04',
      /^Error: There is no remote ubuntu; there are incus:local, incus:own, incus:guarded/,
    ],
    [
      'lxd',
      'docker:nginx',
      /^Error: There is no remote docker; there are lxc:local, lxc:images, lxc:ubuntu,/,
    ],
    [
      'incus',
      'docker:nginx',
      /Incus 1 takes no images of OCI registries: it has no API extension instance_oci/,
    ],
    ['incus', 'docker:', /^TypeError: source: name an image of the registry: 'docker:nginx'/],
    [
      'lxd',
      'ubuntu/24.04',
      /images\/aliases\/ubuntu%2F24\.04 Not found \(an image of a remote is named with a colon: 'ubuntu:24\.04'\)/,
    ],
  ]
  for (const [server, source, message] of unknown) {
    for (const check of [false, true]) {
      test(`${source} is refused where ${server} has none, ${check ? 'also' : 'not only'} by check`, async t => {
        useConfig(t)
        const { api, sources } = await serveServer(t, server)
        await assert.rejects(present(api.instances.web, { source }, { check }), message)
        assert.deepEqual(sources(), [])
      })
    }
  }

  test('is not looked at where the instance is there', async t => {
    const { api, received } = await serve(
      t,
      sync({ status: 'Stopped', config: { 'volatile.last_state.power': 'x' } }),
    )
    assert.equal((await present(api.instances.web, { source: 'nowhere:web' })).changed, false)
    assert.deepEqual(
      received.map(({ url }) => url),
      ['/1.0/instances/web'],
    )
  })

  for (const source of ['', ' ', ':web', 'a\ud800']) {
    test(`${JSON.stringify(source)} is refused before anything is sent`, async t => {
      const { api, received } = await serve(t, sync({}))
      await assert.rejects(present(api.instances.web, { source }), /^TypeError: source/)
      assert.deepEqual(received, [])
    })
  }

  const listening: readonly [readonly string[], RegExp | undefined][] = [
    [['10.0.0.5:8443', '10.0.0.6:8443'], undefined],
    [[], /^APIException: .*No other server can pull images from lxc:prod: set core\.https_address on it/],
  ]
  for (const [addresses, problem] of listening) {
    test(`is pulled from the addresses of a server that is known by its socket: ${addresses.length}`, async t => {
      const image = { fingerprint: 'a'.repeat(64), public: false }
      const environment = { server: 'lxd', server_version: '2', certificate: 'OTHER PEM', addresses }
      const other = await serve(t, answerPrivateImage(environment, image), { onSocket: true })
      const socket = decodeURIComponent(other.origin.replace('http+unix://', ''))
      useEnvironment(t, { ...NOWHERE, LXD_CONF: configure(`remotes: {prod: {addr: 'unix://${socket}'}}`) })
      const { api, sources } = await serveServer(t, 'lxd')
      const creating = present(api.instances.web, { source: 'prod:base' })
      const secrets = () => other.received.filter(({ method }) => method === 'POST').map(({ url }) => url)
      if (problem !== undefined) {
        await assert.rejects(creating, problem)
        assert.deepEqual([sources(), secrets()], [[], []])
        return
      }
      await creating
      const { fingerprint } = image
      const source = { type: 'image', mode: 'pull', fingerprint, certificate: 'OTHER PEM', secret: 's3cret' }
      assert.deepEqual(sources(), [{ ...source, server: 'https://10.0.0.5:8443' }])
      assert.deepEqual(secrets(), [`/1.0/images/${fingerprint}/secret`])
    })
  }

  test('of a private image is looked up by check, without a secret', async t => {
    const image = { fingerprint: 'a'.repeat(64), public: false }
    const environment = {
      server: 'lxd',
      server_version: '2',
      certificate: 'PEM 2',
      addresses: ['10.0.0.5:8443'],
    }
    const other = await serve(t, answerPrivateImage(environment, image), { onSocket: true })
    const socket = decodeURIComponent(other.origin.replace('http+unix://', ''))
    useEnvironment(t, { ...NOWHERE, LXD_CONF: configure(`remotes: {prod: {addr: 'unix://${socket}'}}`) })
    const { api } = await serveServer(t, 'lxd')
    assert.equal((await present(api.instances.web, { source: 'prod:base' }, { check: true })).changed, true)
    assert.deepEqual(
      other.received.map(({ method, url }) => `${method} ${url}`),
      ['GET /1.0', 'GET /1.0/images/aliases/base', `GET /1.0/images/${image.fingerprint}`],
    )
  })

  test('shows no password of the remote’s address, in no exception and no outcome', async t => {
    useConfig(t)
    const refuse = (): Reply => failure(400, 'no such image')
    const { api } = await serveServer(t, 'incus', [], refuse)
    const shown: unknown[] = []
    await present(api.instances.web, { source: 'guarded:web' }).catch(error => shown.push(error))
    const { difference }: Outcome = await present(
      api.instances.web,
      { source: 'guarded:web' },
      { check: true },
    )
    assert.equal(shown.length, 1)
    assert.doesNotMatch(inspect([...shown, difference], { depth: 9 }), /hunter22/)
  })
})

test('parseImageName() splits at the first colon, after the program if that is said', () => {
  const names: readonly [string, string | undefined, string][] = [
    ['busybox', undefined, 'busybox'],
    ['debian/12', undefined, 'debian/12'],
    ['ubuntu:', 'ubuntu', ''],
    ['docker:nginx:1.27', 'docker', 'nginx:1.27'],
    ['incus:prod:web', 'incus:prod', 'web'],
    ['incus:prod', 'incus', 'prod'],
    ['incus:prod:web:1', 'incus:prod', 'web:1'],
  ]
  for (const [text, remote, image] of names) assert.deepEqual(parseImageName(text), { remote, image })
})
