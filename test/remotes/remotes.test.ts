import assert from 'node:assert/strict'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { API, type Remote } from '../../src/index.ts'
import { connectionOf, oidcOf } from '../../src/remotes/connection.ts'
import { findImageRemote, findRemote } from '../../src/remotes/find-remote.ts'
import { listRemotes } from '../../src/remotes/remotes.ts'
import { makeCertificate } from '../daemon/certificate.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { freePort } from '../daemon/free-port.ts'
import { runScript } from '../runner/run-script.ts'
import { listen, socketPath, sync } from '../servers/server.ts'
import { serveTls } from '../servers/tls-server.ts'
import { configure, NOWHERE, useEnvironment } from './configuration.ts'

const server = makeCertificate({ name: 'server' })
const client = makeCertificate({ name: 'client' })

// As `lxc remote add` of LXD 5.0.2 writes it.
const CONFIG = `default-remote: prod
remotes:
  images:
    addr: https://images.linuxcontainers.org
    protocol: simplestreams
    public: true
  local:
    addr: unix://
    public: false
  prod:
    addr: https://10.0.0.5:8443
    auth_type: tls
    project: web
    protocol: lxd
    public: false
  sso:
    addr: https://10.0.0.6:8443
    auth_type: oidc
    project: default
    protocol: lxd
    public: false
  candid:
    addr: https://10.0.0.7:8443
    auth_type: candid
    public: false
  nested:
    addr: unix:///var/lib/nested/unix.socket
    public: false
  docker:
    addr: https://docker.io
    protocol: oci
    public: true
aliases: {}
`

const PAIR = { 'client.crt': client.certPath, 'client.key': client.keyPath }

function namesOf(remotes: readonly Remote[]): string[] {
  return remotes.map(({ program, name }) => `${program}:${name}`)
}

describe('remotes', () => {
  test('are those of lxc and of incus', () => {
    const environment = { ...NOWHERE, LXD_CONF: configure(CONFIG), INCUS_CONF: configure('remotes: {}\n') }
    const remotes = listRemotes(environment)
    assert.deepEqual(namesOf(remotes), [
      'lxc:local',
      'lxc:images',
      'lxc:prod',
      'lxc:sso',
      'lxc:candid',
      'lxc:nested',
      'lxc:docker',
      'lxc:ubuntu',
      'lxc:ubuntu-daily',
      'lxc:ubuntu-minimal',
      'lxc:ubuntu-minimal-daily',
      'incus:local',
    ])
    assert.deepEqual(remotes[2], {
      name: 'prod',
      program: 'lxc',
      address: 'https://10.0.0.5:8443',
      addresses: ['https://10.0.0.5:8443'],
      project: 'web',
      protocol: 'lxd',
      authType: 'tls',
      isPublic: false,
      isDefault: true,
      problem: undefined,
      folder: environment.LXD_CONF,
      clientFolder: environment.LXD_CONF,
    })
  })

  test('are read from the folders below HOME', () => {
    const HOME = createTempFolder()
    const folder = join(HOME, 'snap/lxd/common/config')
    cpSync(configure(CONFIG), folder, { recursive: true })
    assert.equal(findRemote('prod', { ...NOWHERE, HOME }).folder, folder)
  })

  test('of all users of the machine are those that the user has not', () => {
    const global = CONFIG.replaceAll('10.0.0', '10.9.9').replace('prod:', 'shared:')
    const environment = { ...NOWHERE, LXD_CONF: configure(CONFIG), LXD_GLOBAL_CONF: configure(global) }
    assert.equal(
      findRemote('sso2', { ...environment, LXD_CONF: configure('remotes: {sso2: {addr: unix://}}') }).name,
      'sso2',
    )
    const shared = findRemote('shared', environment)
    assert.equal(shared.folder, environment.LXD_GLOBAL_CONF)
    assert.equal(shared.clientFolder, environment.LXD_CONF)
    assert.equal(findRemote('nested', environment).folder, environment.LXD_CONF)
  })

  test('are the local server and those that a program knows anyway, where neither was ever used', () => {
    const remotes = listRemotes(NOWHERE)
    assert.deepEqual(
      remotes.map(({ name, address, isDefault }) => `${name} ${address} ${isDefault}`),
      [
        'local unix:// true',
        'images https://images.lxd.canonical.com false',
        'ubuntu https://cloud-images.ubuntu.com/releases/ false',
        'ubuntu-daily https://cloud-images.ubuntu.com/daily/ false',
        'ubuntu-minimal https://cloud-images.ubuntu.com/minimal/releases/ false',
        'ubuntu-minimal-daily https://cloud-images.ubuntu.com/minimal/daily/ false',
      ],
    )
    assert.deepEqual(connectionOf(findRemote(undefined, NOWHERE), { LXD_SOCKET: '/x' }), { socketPath: '/x' })
    const onlyIncus = { ...NOWHERE, LXD_SOCKET: '', INCUS_SOCKET: '/incus.socket' }
    assert.equal(listRemotes(onlyIncus)[1]?.address, 'https://images.linuxcontainers.org')
  })

  test('that lxc knows anyway are not read from its file, as an older one wrote them', () => {
    const { address } = findImageRemote('images', { ...NOWHERE, LXD_CONF: configure(CONFIG) })
    assert.equal(address, 'https://images.lxd.canonical.com')
    const unreadable = { ...NOWHERE, LXD_CONF: configure('remotes: {') }
    assert.equal(findImageRemote('ubuntu', unreadable, 'lxc').protocol, 'simplestreams')
  })

  test('of incus are those in its file, from which a user may have removed images', () => {
    const environment = { ...NOWHERE, INCUS_CONF: configure('remotes: {}') }
    assert.throws(() => findImageRemote('images', environment, 'incus'), {
      message: 'There is no remote images; there are incus:local',
    })
    const { address } = findImageRemote('images', NOWHERE, 'incus')
    assert.equal(address, 'https://images.linuxcontainers.org')
  })

  test('do not show a password that the address of an image server has', () => {
    const addr = 'https://me:hunter22@images.example'
    const LXD_CONF = configure(`remotes: {own: {addr: '${addr}', protocol: simplestreams}}`)
    const remote = findImageRemote('own', { ...NOWHERE, LXD_CONF })
    assert.equal(remote.addresses[0], addr)
    assert.doesNotMatch(inspect(remote) + JSON.stringify(remote), /hunter22/)
  })
})

describe('the default remote', () => {
  const environment = {
    ...NOWHERE,
    LXD_CONF: configure(CONFIG),
    INCUS_CONF: configure('default-remote: prod\nremotes: {prod: {addr: unix:/x}, two: {addr: unix:/y}}'),
  }
  const cases: readonly [string, NodeJS.ProcessEnv, string][] = [
    ['is that of lxc', {}, 'lxc:prod'],
    ['is the one in LXC_REMOTE', { LXC_REMOTE: 'nested' }, 'lxc:nested'],
    ['is the one in INCUS_REMOTE', { INCUS_REMOTE: 'two' }, 'incus:two'],
  ]
  for (const [title, variables, name] of cases) {
    test(title, () =>
      assert.deepEqual(namesOf([findRemote(undefined, { ...environment, ...variables })]), [name]),
    )
  }

  test('is local if the configuration names none', () => {
    assert.equal(findRemote(undefined, { ...NOWHERE, INCUS_CONF: configure('{}') }).name, 'local')
  })
})

describe('a remote', () => {
  const LXD_CONF = configure(CONFIG, { ...PAIR, 'servercerts/prod.crt': server.certPath })
  const environment = { ...NOWHERE, LXD_CONF }

  test('is known by the certificate that its program has pinned', () => {
    assert.deepEqual(connectionOf(findRemote('prod', environment), environment), {
      baseUrl: 'https://10.0.0.5:8443',
      cert: join(LXD_CONF, 'client.crt'),
      key: join(LXD_CONF, 'client.key'),
      serverCert: join(LXD_CONF, 'servercerts/prod.crt'),
    })
  })

  test('is known by client.ca where nothing is pinned', () => {
    const folder = configure(CONFIG, { ...PAIR, 'client.ca': server.certPath })
    const { ca } = connectionOf(findRemote('prod', { ...NOWHERE, LXD_CONF: folder }), {})
    assert.equal(ca, join(folder, 'client.ca'))
  })

  test('that is logged in to by OIDC takes no certificate, but the tokens of its program', async () => {
    const folder = configure(CONFIG, PAIR)
    const sso = findRemote('sso', { ...NOWHERE, LXD_CONF: folder })
    assert.deepEqual(connectionOf(sso, {}), { baseUrl: 'https://10.0.0.6:8443' })
    mkdirSync(join(folder, 'oidctokens'))
    writeFileSync(join(folder, 'oidctokens/sso.json'), JSON.stringify({ access_token: 'token' }))
    const onCode = (): void => {}
    const options = oidcOf(sso, { onCode })
    assert.equal((await options?.store?.read())?.accessToken, 'token')
    assert.equal(options?.onCode, onCode)
    assert.equal(oidcOf(findRemote('prod', { ...NOWHERE, LXD_CONF: folder }), undefined), undefined)
  })

  test('with a path is that socket', () => {
    assert.deepEqual(connectionOf(findRemote('nested', environment), environment), {
      socketPath: '/var/lib/nested/unix.socket',
    })
  })

  test('of incus with several addresses is tried at all of them, first where it was reached last', () => {
    const fields =
      'addr: "https://a:8443, https://b:8443,https://c:8443", last_working_address: "https://b:8443"'
    const INCUS_CONF = configure(`remotes: {prod: {${fields}}}`, PAIR)
    const several = { ...NOWHERE, INCUS_CONF }
    const addresses = ['https://b:8443', 'https://c:8443', 'https://a:8443']
    const remote = findRemote('prod', several)
    assert.deepEqual(remote.addresses, addresses)
    assert.equal(remote.address, addresses[0])
    assert.deepEqual(connectionOf(remote, several).baseUrl, addresses)
  })

  test('local is the server of its own program', async t => {
    const path = socketPath()
    await listen(t, createServer(), path)
    const both = {
      ...environment,
      INCUS_CONF: configure('{}'),
      INCUS_SOCKET: path,
      LXD_SOCKET: '/lxd.socket',
    }
    assert.deepEqual(connectionOf(findRemote('incus:local', both), both), { socketPath: path })
    assert.deepEqual(connectionOf(findRemote('lxc:local', both), both), { socketPath: '/lxd.socket' })
  })

  test('of incus is in the project of INCUS_PROJECT', () => {
    const INCUS_CONF = configure('remotes: {prod: {addr: unix:/x, project: web}}')
    const only = { ...NOWHERE, INCUS_CONF }
    assert.equal(findRemote('prod', only).project, 'web')
    assert.equal(findRemote('prod', { ...only, INCUS_PROJECT: 'other' }).project, 'other')
    assert.equal(findRemote('prod', { ...environment, INCUS_PROJECT: 'other' }).project, 'web')
  })

  const failures: readonly [string, string, RegExp][] = [
    ['that does not exist', 'nope', /^There is no remote nope; there are lxc:local, lxc:images, lxc:prod/],
    ['that is an image server', 'images', /^The remote lxc:images is an image server \(simplestreams\)/],
    [
      'that is a registry',
      'docker',
      /^The remote lxc:docker is a registry of OCI images, which speaks no LXD/,
    ],
    [
      'that is logged in to otherwise',
      'candid',
      /^The remote lxc:candid is logged in to by candid, which lxdapi/,
    ],
  ]
  for (const [title, name, message] of failures) {
    test(`${title} is an error that says so`, () => {
      assert.throws(() => findRemote(name, environment), { message })
    })
  }

  test('that both programs know has to be told apart', () => {
    const both = { ...environment, INCUS_CONF: configure('remotes: {prod: {addr: unix:/x}}') }
    assert.throws(() => findRemote('prod', both), {
      message: 'There are two remotes prod: say lxc:prod or incus:prod',
    })
    assert.equal(findRemote('incus:prod', both).address, 'unix:/x')
  })

  test('whose program has no certificate is an error that says how to make one', () => {
    const bare = { ...NOWHERE, LXD_CONF: configure(CONFIG) }
    assert.throws(() => connectionOf(findRemote('prod', bare), bare), {
      message: `The remote prod takes a client certificate: there is no ${bare.LXD_CONF}/client.crt (\`lxc remote generate-certificate\`)`,
    })
  })

  test('in a file that is no YAML is an error with the name of the file', () => {
    const LXD_CONF = configure('remotes: {')
    assert.throws(() => listRemotes({ ...NOWHERE, LXD_CONF }), /^Error: \/\S+\/config.yml is not YAML/)
  })
})

describe('API.remote()', () => {
  test('goes there with all that its configuration says', async t => {
    const { baseUrl, received, clients } = await serveTls(t, server, sync('hello'))
    const config = CONFIG.replace('https://10.0.0.5:8443', baseUrl)
    const LXD_CONF = configure(config, { ...PAIR, 'servercerts/prod.crt': server.certPath })
    useEnvironment(t, { ...NOWHERE, LXD_CONF })
    const api = API.remote('prod', { headers: { 'X-LXD-x': '1' } })
    t.after(() => api.close())
    assert.equal((await api['1.0'].instances.get({ query: { recursion: 1 } })).metadata, 'hello')
    assert.equal(received[0]?.url, '/1.0/instances?project=web&recursion=1')
    assert.equal(received[0]?.headers['x-lxd-x'], '1')
    assert.notEqual(clients[0], '')
    assert.deepEqual(namesOf(API.remotes().filter(({ isDefault }) => isDefault)), ['lxc:prod'])
  })

  test('goes to the next address of a remote of incus if nothing answers at one', async t => {
    const { baseUrl, received } = await serveTls(t, server, sync('hello'))
    const nobody = `https://127.0.0.1:${await freePort()}`
    const config = `remotes: {prod: {addr: '${nobody},${baseUrl}'}}`
    const INCUS_CONF = configure(config, { ...PAIR, 'servercerts/prod.crt': server.certPath })
    useEnvironment(t, { ...NOWHERE, INCUS_CONF })
    const api = API.remote('prod')
    t.after(() => api.close())
    assert.equal((await api['1.0'].get()).request.origin, baseUrl)
    assert.equal(received.length, 1)
  })

  test('without the package yaml says how to get it', async () => {
    const script = `import Module from 'node:module'
      const resolve = Module._resolveFilename
      Module._resolveFilename = (name, ...rest) => {
        if (name === 'yaml') throw Object.assign(new Error('Cannot find yaml'), { code: 'MODULE_NOT_FOUND' })
        return resolve(name, ...rest)
      }
      try { API.remote() } catch (error) { console.log(error.message) }`
    const { stdout } = await runScript(script, 'http://127.0.0.1:1', {
      ...NOWHERE,
      LXD_CONF: configure(CONFIG),
    })
    assert.equal(stdout, 'Reading the remotes of lxc and incus takes the package yaml: npm install yaml\n')
  })
})
