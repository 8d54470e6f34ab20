import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { API, listImages } from '../../../src/index.ts'
import { makeCertificate } from '../../daemon/certificate.ts'
import { freePort } from '../../daemon/free-port.ts'
import { configure, NOWHERE, useEnvironment } from '../../remotes/configuration.ts'
import { type Answer, type Reply, serve, sync } from '../../servers/server.ts'
import { answerFiles } from '../../servers/simplestreams.ts'
import { serveProxy, serveTls, type TlsServer } from '../../servers/tls-server.ts'

const certificate = makeCertificate({ name: 'images' })
const client = makeCertificate({ name: 'me' })
const OWN_PAIR = { 'client.crt': client.certPath, 'client.key': client.keyPath }

const hash = (digit: string): string => digit.repeat(64)

/** A version of an image, with a container and a virtual machine, as images.linuxcontainers.org has it. */
function version(digit: number): object {
  const combined = {
    combined_squashfs_sha256: hash(`${digit}`),
    combined_rootxz_sha256: hash(`${digit + 1}`),
    'combined_disk-kvm-img_sha256': hash(`${digit + 2}`),
  }
  const items = {
    'lxd.tar.xz': { ftype: 'lxd.tar.xz', size: 1, path: 'x/lxd.tar.xz', ...combined },
    'root.squashfs': { ftype: 'squashfs', size: 100, path: 'x/rootfs.squashfs' },
    'disk.qcow2': { ftype: 'disk-kvm.img', size: 200, path: 'x/disk.qcow2' },
    'delta.vcdiff': { ftype: 'squashfs.vcdiff', size: 10, path: 'x/delta.vcdiff' },
  }
  return { items }
}

const debian = { os: 'Debian', release: 'bookworm', release_title: 'bookworm' }
const PRODUCTS = {
  'debian:bookworm:amd64:default': {
    ...debian,
    aliases: 'debian/12,debian/12/default,debian/bookworm',
    arch: 'amd64',
    variant: 'default',
    versions: { '20261125_05:24': version(1), '20261126_05:24': version(4), unreadable: version(7) },
  },
  'debian:bookworm:arm64:cloud': {
    ...debian,
    aliases: 'debian/12/cloud',
    arch: 'arm64',
    variant: 'cloud',
    versions: { '20261126_05:24': version(7) },
  },
}

function files(
  products: unknown = PRODUCTS,
  path: unknown = 'streams/v1/images.json',
): Record<string, string> {
  const index = {
    images: { datatype: 'image-downloads', path },
    others: { datatype: 'image-ids', path: 'streams/v1/others.json' },
  }
  return {
    'streams/v1/index.json': JSON.stringify({ index }),
    'streams/v1/images.json': JSON.stringify({ products }),
  }
}

/** Starts an image server that is the remote `own` of lxc, which has a client certificate. */
async function serveImages(t: TestContext, answer: Answer | Reply, path = ''): Promise<TlsServer> {
  const server = await serveTls(t, certificate, answer)
  useRemote(t, `${server.baseUrl}${path}`)
  return server
}

function useRemote(t: TestContext, addr: string): void {
  const config = `remotes: {own: {addr: '${addr}', protocol: simplestreams, public: true}}`
  const pinned = { ...OWN_PAIR, 'servercerts/own.crt': certificate.certPath }
  useEnvironment(t, { ...NOWHERE, LXD_CONF: configure(config, pinned) })
}

describe('listImages() of an image server', () => {
  test('lists all versions, the newest first, which has the aliases', async t => {
    await serveImages(t, answerFiles('', files()))
    const images = await listImages('own:', { architecture: 'amd64', type: 'container' })
    assert.deepEqual(images, [
      {
        aliases: ['debian/12', 'debian/12/default', 'debian/bookworm'],
        architecture: 'amd64',
        created: new Date('2026-11-26T05:24:00Z'),
        description: 'Debian bookworm amd64 (20261126_05:24)',
        fingerprint: hash('4'),
        release: 'bookworm',
        size: 101,
        type: 'container',
        variant: 'default',
      },
      {
        aliases: [],
        architecture: 'amd64',
        created: new Date('2026-11-25T05:24:00Z'),
        description: 'Debian bookworm amd64 (20261125_05:24)',
        fingerprint: hash('1'),
        release: 'bookworm',
        size: 101,
        type: 'container',
        variant: 'default',
      },
    ])
  })

  const filters: readonly [object, readonly string[]][] = [
    [{}, ['4', '6', '7', '9', '1', '3']],
    [{ alias: 'debian/12' }, ['4', '6']],
    [{ alias: 'debian' }, []],
    [{ type: 'virtual-machine', architecture: 'x86_64' }, ['6', '3']],
    [{ architecture: 'aarch64', variant: 'cloud', release: 'bookworm' }, ['7', '9']],
    [{ release: 'trixie' }, []],
  ]
  for (const [filter, digits] of filters) {
    test(`lists what matches ${JSON.stringify(filter)}`, async t => {
      await serveImages(t, answerFiles('', files()))
      const images = await listImages('own', filter)
      assert.deepEqual(
        images.map(({ fingerprint }) => fingerprint[0]),
        digits,
      )
    })
  }

  test('is below the path of its address, and is told nothing of the client but the user in it', async t => {
    const server = await serveTls(t, certificate, answerFiles('/releases', files()))
    useRemote(t, `${server.baseUrl.replace('://', '://me:p%40ss@')}/releases/`)
    assert.equal((await listImages('own:')).length, 6)
    const paths = server.received.map(({ url, headers }) => `${url} ${headers.authorization}`)
    const basic = `Basic ${Buffer.from('me:p@ss').toString('base64')}`
    assert.deepEqual(paths, [
      `/releases/streams/v1/index.json ${basic}`,
      `/releases/streams/v1/images.json ${basic}`,
    ])
    assert.deepEqual(new Set(server.clients), new Set(['']))
  })

  test('sends its lists again only if they have changed', async t => {
    const current = files()
    // A path of its own: this port may be that of an earlier server, whose lists are known.
    const { received } = await serveImages(
      t,
      (request, response) => answerFiles('/changing', current)(request, response),
      '/changing',
    )
    const statuses = async (): Promise<readonly (string | undefined)[]> => {
      const before = received.length
      await listImages('own:')
      return received.slice(before).map(({ headers }) => headers['if-none-match'])
    }
    assert.deepEqual(await statuses(), [undefined, undefined])
    assert.ok((await statuses()).every(etag => etag !== undefined))
    Object.assign(current, files({}))
    assert.deepEqual(await listImages('own:'), [])
    assert.deepEqual(await listImages('own:'), [])
  })

  test('is reached through the proxy of the environment, and still has to be the pinned one', async t => {
    const { baseUrl } = await serveTls(t, certificate, answerFiles('', files()))
    const proxy = await serveProxy(t, baseUrl)
    useRemote(t, 'https://images.example')
    useEnvironment(t, { HTTPS_PROXY: proxy.url })
    assert.equal((await listImages('own:')).length, 6)
    assert.deepEqual(new Set(proxy.tunnels), new Set(['images.example:443']))
  })

  test('of Ubuntu lists aliases without the name of the system, as the programs know them', async t => {
    const product = { ...PRODUCTS['debian:bookworm:arm64:cloud'], aliases: 'ubuntu/24.04,24.04,noble' }
    const { baseUrl } = await serveTls(t, certificate, answerFiles('/releases', files({ noble: product })))
    const proxy = await serveProxy(t, baseUrl)
    useRemote(t, 'https://cloud-images.ubuntu.com/releases/')
    useEnvironment(t, { HTTPS_PROXY: proxy.url })
    assert.deepEqual((await listImages('own:'))[0]?.aliases, ['24.04', 'noble'])
  })

  const json = (document: unknown): Reply => ({ json: document })
  const malformed: readonly [string, Answer | Reply, RegExp][] = [
    ['has no index', { status: 404, body: 'no' }, /index\.json no \(no image server answers there/],
    [
      'sends a page',
      { body: '<html>', headers: { 'content-type': 'text/html' } },
      /The answer is not JSON: HTTP 200, text\/html, <html>/,
    ],
    [
      'sends half an index',
      { body: '{"index":', headers: { 'content-type': 'application/json' } },
      /not valid JSON/,
    ],
    [
      'sends something else',
      json([]),
      /That is not the index of an image server \(simplestreams\): HTTP 200/,
    ],
    [
      'names a list elsewhere',
      json({ index: { a: { datatype: 'image-downloads', path: 'https://evil/x' } } }),
      /names "https:\/\/evil\/x", which is no file/,
    ],
    [
      'names a list outside',
      json({ index: { a: { datatype: 'image-downloads', path: '../x' } } }),
      /names "\.\.\/x", which is no file/,
    ],
    [
      'has signed lists only',
      json({ index: { a: { datatype: 'image-downloads', path: 'x.sjson' } } }),
      /is signed \(x\.sjson\)/,
    ],
    ['has a list of something else', answerFiles('', files([])), /images\.json That is not a list of images/],
  ]
  for (const [title, answer, message] of malformed) {
    test(`rejects if it ${title}`, async t => {
      await serveImages(t, answer)
      await assert.rejects(listImages('own:'), { message })
    })
  }

  test('ends with its timeout', async t => {
    await serveImages(t, () => undefined)
    await assert.rejects(listImages('own:', { timeout: 0.1 }), /listImages\(\) was not done within 0\.1 s/)
  })

  test('is tried at its next address if nothing answers at one', async t => {
    const { baseUrl } = await serveTls(t, certificate, answerFiles('', files()))
    const addr = `https://127.0.0.1:${await freePort()},${baseUrl}`
    const config = `remotes: {own: {addr: '${addr}', protocol: simplestreams, public: true}}`
    const INCUS_CONF = configure(config, { 'servercerts/own.crt': certificate.certPath })
    useEnvironment(t, { ...NOWHERE, INCUS_CONF })
    // Incus has its own files on image servers.
    assert.deepEqual(await listImages('own:'), [])
  })
})

describe('listImages()', () => {
  test('of a server lists its images in the same form', async t => {
    const image = {
      aliases: [{ name: 'web', description: '' }],
      architecture: 'aarch64',
      created_at: '2026-11-26T05:24:00Z',
      fingerprint: hash('a'),
      properties: { release: 'noble', description: 'Ubuntu' },
      size: 5,
      type: 'virtual-machine',
    }
    const { api } = await serve(t, sync([image, { ...image, aliases: null, properties: null, type: '' }]))
    const [first, second] = await listImages(api)
    assert.deepEqual(first, {
      aliases: ['web'],
      architecture: 'arm64',
      created: new Date('2026-11-26T05:24:00Z'),
      description: 'Ubuntu',
      fingerprint: hash('a'),
      release: 'noble',
      size: 5,
      type: 'virtual-machine',
      variant: undefined,
    })
    assert.deepEqual([second?.aliases, second?.description, second?.type], [[], '', 'container'])
  })

  const refused: readonly [string, object, RegExp][] = [
    ['images:debian/12', {}, /^TypeError: listImages\(\): give the name of a remote, such as 'images:'/],
    ['', {}, /^TypeError: listImages\(\): give the name of a remote/],
    [
      'own:',
      { type: 'vm' },
      /^TypeError: listImages\(\): type must be 'container' or 'virtual-machine', not 'vm'/,
    ],
    ['own:', { alias: 12 }, /^TypeError: listImages\(\): alias must be text, not 12/],
    ['nope:', {}, /^Error: There is no remote nope; there are incus:local, incus:docker/],
    ['docker:', {}, /^Error: The remote incus:docker is a registry of OCI images: registries list none/],
  ]
  for (const [source, options, message] of refused) {
    test(`refuses ${source || 'nothing'} ${JSON.stringify(options)}`, async t => {
      const INCUS_CONF = configure('remotes: {docker: {addr: https://docker.io, protocol: oci}}')
      useEnvironment(t, { ...NOWHERE, INCUS_CONF })
      await assert.rejects(listImages(source, options), message)
    })
  }

  test('of a remote that both programs know has to be told which', async t => {
    const both = { LXD_CONF: configure('{}'), INCUS_CONF: configure('remotes: {images: {addr: unix:/x}}') }
    useEnvironment(t, { ...NOWHERE, ...both })
    await assert.rejects(
      listImages('images:'),
      /There are two remotes images: say lxc:images or incus:images/,
    )
    await assert.rejects(listImages('incus:images:'), /ENOENT/)
    assert.equal(API.remotes().length, 8)
  })
})
