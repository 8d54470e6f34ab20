import assert from 'node:assert/strict'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { API, type Remote } from '../../src/index.ts'
import { connectionOf, oidcOf } from '../../src/remotes/connection.ts'
import { findRemote, listRemotes } from '../../src/remotes/remotes.ts'
import { makeCertificate } from '../daemon/certificate.ts'
import { createTempFolder } from '../daemon/clean-up.ts'
import { runScript } from '../runner/run-script.ts'
import { listen, socketPath, sync } from '../servers/server.ts'
import { serveTls } from '../servers/tls-server.ts'

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
aliases: {}
`

function configure(config: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = createTempFolder()
  writeFileSync(join(folder, 'config.yml'), config)
  mkdirSync(join(folder, 'servercerts'))
  for (const [name, source] of Object.entries(files)) cpSync(source, join(folder, name))
  return folder
}

// Nothing of the machine that the tests run on.
const NOWHERE = { HOME: '/nonexistent', LXD_GLOBAL_CONF: '/nonexistent', INCUS_GLOBAL_CONF: '/nonexistent' }
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
      'incus:local',
    ])
    assert.deepEqual(remotes[2], {
      name: 'prod',
      program: 'lxc',
      address: 'https://10.0.0.5:8443',
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

  test('are the local server alone, where neither program was ever used', () => {
    const remotes = listRemotes(NOWHERE)
    assert.deepEqual(
      remotes.map(({ name, address, isDefault }) => ({ name, address, isDefault })),
      [{ name: 'local', address: 'unix://', isDefault: true }],
    )
    assert.deepEqual(connectionOf(findRemote(undefined, NOWHERE), { LXD_SOCKET: '/x' }), { socketPath: '/x' })
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

function useEnvironment(t: TestContext, environment: NodeJS.ProcessEnv): void {
  const before = { ...process.env }
  Object.assign(process.env, environment)
  t.after(() => {
    for (const name of Object.keys(environment)) delete process.env[name]
    Object.assign(process.env, before)
  })
}

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
