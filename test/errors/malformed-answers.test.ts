import assert from 'node:assert/strict'
import { createHash, randomUUID, X509Certificate } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import * as lxdapi from '../../src/index.ts'
import { API, APIException, type Path } from '../../src/index.ts'
import { makeCertificate } from '../daemon/certificate.ts'
import { connect, failure, type Received, type Reply, started, sync } from '../servers/server.ts'
import { serveTls } from '../servers/tls-server.ts'
import { servePeers } from '../servers/websocket-peer.ts'

/** One function of the library, and a server that answers it as real ones do. */
interface Case {
  /** Whether the server is to be reached over HTTPS. */
  readonly isTls?: boolean
  /** What is answered to `METHOD path`, one after the other; the last one is for all that follow. */
  readonly answers?: Readonly<Record<string, Reply | readonly Reply[]>>
  readonly call: (given: Given) => Promise<unknown>
  /** The requests that are answered badly; all unless given. */
  readonly only?: RegExp
}

interface Given {
  readonly root: API
  readonly api: Path
  /** The same server, which seems to be another one. */
  readonly other: Path
  /** A folder of its own. */
  readonly dir: string
}

const PORTAL = '<!DOCTYPE html><html><head><title>Log in to the network</title></head></html>'
const html = { 'content-type': 'text/html; charset=utf-8' }

/** What is no answer of LXD or Incus at all. */
const FOREIGN: Readonly<Record<string, Reply>> = {
  'a page of HTML': { headers: html, body: PORTAL },
  'a page of HTML that says it is a file': { headers: { ...html, etag: 'x' }, body: Buffer.from(PORTAL) },
  'HTTP 204': { status: 204 },
  'nothing at all': { body: '' },
  null: json('null'),
  'a list': json('[]'),
  'an empty object': json('{}'),
  'a text': json('"text"'),
  'a number': json('7'),
  'half a document': json('{"type":"sync","metadata":'),
}

/** Metadata that a server may have, but not to every question. */
const METADATA: Readonly<Record<string, unknown>> = {
  null: null,
  list: [],
  'list of null': [null],
  object: {},
  number: 7,
  text: 'text',
}

const OPERATION = { id: '1', class: 'task', status: 'Success', status_code: 200, err: '' }
const INSTANCE = {
  name: 'web',
  status: 'Stopped',
  config: { 'volatile.uuid': 'u', 'volatile.apply_template': 'create' },
  devices: {},
  profiles: ['default'],
  architecture: 'x86_64',
  type: 'container',
  project: 'default',
  ephemeral: false,
}
const RUNNING = { ...INSTANCE, status: 'Running' }
const FROZEN = { ...INSTANCE, status: 'Frozen' }
const NOTHING = failure(404, 'not found')
const DONE = sync(null)
const BIG = 64 * 1024 * 1024
const BIG_FINGERPRINT = createHash('sha256').update(Buffer.alloc(BIG)).digest('hex')
const BYTES = Buffer.from('what is in the image')
const FINGERPRINT = createHash('sha256').update(BYTES).digest('hex')
const IMAGE = {
  fingerprint: FINGERPRINT,
  type: 'container',
  size: BYTES.length,
  public: false,
  properties: {},
}
const SERVER = {
  auth: 'trusted',
  api_extensions: ['custom_volume_iso'],
  environment: { server: 'lxd', server_version: '5.0.2', addresses: ['10.0.0.5:8443'], certificate: 'PEM' },
}
const UNTRUSTED = { auth: 'untrusted', api_extensions: ['explicit_trust_token'] }
const TOKEN = { fingerprint: 'ab'.repeat(32), addresses: ['10.0.0.5:8443'], secret: 'geheim' }
const FILES = '/1.0/instances/web/files'
const WEB = '/1.0/instances/web'
const own = makeCertificate({ name: 'server' })
const client = makeCertificate({ name: 'client' })

const CASES: Readonly<Record<string, Case>> = {
  'wait() of what starts an operation': {
    answers: { 'POST /1.0/instances': started() },
    call: ({ api }) => api.instances.post({}).wait(),
  },
  'wait() of an operation that was read': { call: ({ api }) => api.operations['1'].get().wait() },
  'containerGet()': {
    answers: { [`GET ${WEB}`]: sync(INSTANCE) },
    call: ({ api }) => lxdapi.containerGet(api, 'web'),
  },
  'imageGet()': {
    answers: { [`GET /1.0/images/${FINGERPRINT}`]: sync(IMAGE) },
    call: ({ api }) => lxdapi.imageGet(api, FINGERPRINT),
  },
  'absent() of what is there': {
    answers: { 'GET /1.0/profiles/web': sync({ name: 'web' }), 'DELETE /1.0/profiles/web': DONE },
    call: ({ api }) => lxdapi.absent(api.profiles.web),
  },
  'absent() of what is not there': {
    answers: { 'GET /1.0/profiles/web': NOTHING },
    call: ({ api }) => lxdapi.absent(api.profiles.web),
  },
  'containerAbsent() and absent() of an instance': {
    answers: {
      [`GET ${WEB}`]: sync(RUNNING),
      [`PUT ${WEB}/state`]: started(),
      [`DELETE ${WEB}`]: started(),
    },
    call: ({ api }) => lxdapi.absent(api.instances.web),
  },
  'imageAbsent()': {
    answers: { [`DELETE /1.0/images/${FINGERPRINT}`]: started() },
    call: ({ api }) => lxdapi.imageAbsent(api, FINGERPRINT),
  },
  'present() of what is not there': {
    answers: {
      'GET /1.0/profiles/web': [NOTHING, sync({ name: 'web', config: { a: '1' } })],
      'POST /1.0/profiles': DONE,
    },
    call: ({ api }) => lxdapi.present(api.profiles.web, { config: { a: 1 } }),
  },
  'present() of an instance of an image that is named': {
    answers: {
      [`GET ${WEB}`]: [NOTHING, sync(INSTANCE)],
      'GET /1.0/images/aliases/alpine': sync({ name: 'alpine', target: FINGERPRINT }),
      [`GET /1.0/images/${FINGERPRINT}`]: sync(IMAGE),
      'POST /1.0/instances': DONE,
    },
    call: ({ api }) => lxdapi.present(api.instances.web, { source: 'alpine' }),
  },
  'present() of an instance of an image of a remote': {
    answers: {
      [`GET ${WEB}`]: [NOTHING, sync(INSTANCE)],
      'GET /1.0': sync(SERVER),
      'POST /1.0/instances': DONE,
    },
    call: ({ api }) => lxdapi.present(api.instances.web, { source: 'ubuntu:24.04' }),
  },
  'listImages()': {
    answers: {
      'GET /1.0/images': sync([{ ...IMAGE, aliases: [], architecture: 'x86_64', created_at: '2026-11-26' }]),
    },
    call: ({ api }) => lxdapi.listImages(api),
  },
  'present() of what differs': {
    answers: {
      'GET /1.0/profiles/web': [sync({ config: {} }), sync({ config: { a: '1' } })],
      'PATCH /1.0/profiles/web': DONE,
    },
    call: ({ api }) => lxdapi.present(api.profiles.web, { config: { a: 1 } }),
  },
  'present() of a network in a cluster': {
    answers: {
      'GET /1.0/networks/web': [NOTHING, NOTHING, sync({ config: {} })],
      'GET /1.0/cluster': sync({ enabled: true }),
      'GET /1.0/cluster/members': sync([{ server_name: 'n1' }]),
      'POST /1.0/networks': DONE,
    },
    call: ({ api }) => lxdapi.present(api.networks.web, {}),
  },
  'present() and containerApplyConfig()': {
    answers: {
      [`GET ${WEB}`]: [NOTHING, sync(INSTANCE), sync(RUNNING)],
      'POST /1.0/instances': started(),
      [`PUT ${WEB}/state`]: started(),
    },
    call: ({ api }) => lxdapi.present(api.instances.web, { source: {}, status: 'Running' }),
  },
  'containerApplyStatus() and start()': {
    answers: { [`GET ${WEB}`]: [sync(INSTANCE), sync(RUNNING)], [`PUT ${WEB}/state`]: started() },
    call: ({ api }) => lxdapi.start(api.instances.web),
  },
  'stop()': {
    answers: { [`GET ${WEB}`]: [sync(RUNNING), sync(INSTANCE)], [`PUT ${WEB}/state`]: started() },
    call: ({ api }) => lxdapi.stop(api.instances.web),
  },
  'freeze()': {
    answers: { [`GET ${WEB}`]: [sync(RUNNING), sync(FROZEN)], [`PUT ${WEB}/state`]: started() },
    call: ({ api }) => lxdapi.freeze(api.instances.web),
  },
  'unfreeze()': {
    answers: { [`GET ${WEB}`]: sync(FROZEN), [`PUT ${WEB}/state`]: started() },
    call: ({ api }) => lxdapi.unfreeze(api.instances.web),
  },
  'restart()': {
    answers: { [`GET ${WEB}`]: sync(RUNNING), [`PUT ${WEB}/state`]: started() },
    call: ({ api }) => lxdapi.restart(api.instances.web),
  },
  'update()': {
    answers: {
      'GET /1.0/profiles/web': [sync({ config: {} }), sync({ config: { a: '1' } })],
      'PUT /1.0/profiles/web': DONE,
    },
    call: ({ api }) => lxdapi.update(api.profiles.web, () => ({ config: { a: '1' } })),
  },
  'snapshot()': {
    answers: {
      [`GET ${WEB}/snapshots/s`]: [NOTHING, sync({ name: 's' })],
      [`POST ${WEB}/snapshots`]: started(),
    },
    call: ({ api }) => lxdapi.snapshot(api.instances.web, 's'),
  },
  'restore()': {
    answers: { [`GET ${WEB}`]: sync(INSTANCE), [`PUT ${WEB}`]: started() },
    call: ({ api }) => lxdapi.restore(api.instances.web, 's'),
  },
  'rename()': {
    answers: {
      [`GET ${WEB}`]: sync(INSTANCE),
      'GET /1.0/instances/other': NOTHING,
      [`POST ${WEB}`]: started(),
    },
    call: ({ api }) => lxdapi.rename(api.instances.web, 'other'),
  },
  'copy()': {
    answers: {
      [`GET ${WEB}`]: sync(INSTANCE),
      'GET /1.0/instances/copy': NOTHING,
      'POST /1.0/instances': started(),
    },
    call: ({ api }) => lxdapi.copy(api.instances.web, api.instances.copy),
  },
  'copy() to another server': {
    answers: {
      [`GET ${WEB}`]: sync(INSTANCE),
      'GET /1.0': sync(SERVER),
      'GET /1.0/instances/copy': NOTHING,
      [`POST ${WEB}`]: offer(),
      'POST /1.0/instances': started(),
    },
    call: ({ api, other }) => lxdapi.copy(api.instances.web, other.instances.copy),
  },
  'copy() to another server that is called': {
    answers: {
      [`GET ${WEB}`]: sync(INSTANCE),
      'GET /1.0': sync(SERVER),
      'GET /1.0/instances/copy': NOTHING,
      [`POST ${WEB}`]: started(),
      'POST /1.0/instances': offer(),
    },
    call: ({ api, other }) => lxdapi.copy(api.instances.web, other.instances.copy, { mode: 'push' }),
  },
  'move()': {
    answers: { [`GET ${WEB}`]: [sync(INSTANCE), NOTHING], [`POST ${WEB}`]: started() },
    call: ({ api }) =>
      lxdapi.move(api.instances.web, api.with({ query: { project: 'other' } }).instances.web),
  },
  'move() to another server': {
    answers: {
      [`GET ${WEB}`]: [sync(INSTANCE)],
      'GET /1.0': sync(SERVER),
      'GET /1.0/instances/moved': [NOTHING, sync(INSTANCE)],
      [`POST ${WEB}`]: offer(),
      'POST /1.0/instances': started(),
      [`DELETE ${WEB}`]: started(),
    },
    call: ({ api, other }) => lxdapi.move(api.instances.web, other.instances.moved),
  },
  'waitFor() a status': {
    answers: { [`GET ${WEB}`]: sync(RUNNING) },
    call: ({ api }) => lxdapi.waitFor(api.instances.web, { status: 'Running' }, { timeout: 0.2 }),
  },
  'waitFor() an address': {
    answers: {
      [`GET ${WEB}/state`]: sync({
        network: { eth0: { addresses: [{ scope: 'global', address: '10.0.0.2' }] } },
      }),
    },
    call: ({ api }) => lxdapi.waitFor(api.instances.web, { address: true }, { timeout: 0.2 }),
  },
  'waitFor() a file': {
    answers: { [`GET ${WEB}`]: sync(RUNNING), [`HEAD ${FILES}`]: file('x') },
    call: ({ api }) => lxdapi.waitFor(api.instances.web, { file: '/x' }, { timeout: 0.2 }),
  },
  'waitFor() a command': {
    answers: { [`POST ${WEB}/exec`]: started(), ...ending({ return: 0 }) },
    call: ({ api }) => lxdapi.waitFor(api.instances.web, { command: ['true'] }, { timeout: 0.2 }),
  },
  'setStates() one by one': {
    answers: {
      'GET /1.0/instances': sync([INSTANCE]),
      [`GET ${WEB}`]: [sync(INSTANCE), sync(RUNNING)],
      [`PUT ${WEB}/state`]: started(),
    },
    call: async ({ api }) => throwFirst(await lxdapi.setStates(api.instances, 'start', () => true)),
  },
  'setStates() in bulk': {
    answers: {
      'GET /1.0': sync({ ...SERVER, api_extensions: ['instance_bulk_state_change'] }),
      'GET /1.0/instances': sync([INSTANCE]),
      'PUT /1.0/instances': started(),
    },
    call: async ({ api }) => throwFirst(await lxdapi.setStates(api.instances, 'start')),
  },
  'fileStat()': {
    answers: { [`HEAD ${FILES}`]: file('content') },
    call: ({ api }) => lxdapi.fileStat(api.instances.web, '/x', { by: 'http' }),
  },
  'fileStat() of nothing': {
    answers: { [`HEAD ${FILES}`]: { status: 404 }, [`GET ${WEB}`]: sync(INSTANCE) },
    call: ({ api }) => lxdapi.fileStat(api.instances.web, '/x', { by: 'http' }),
  },
  'fileList()': {
    answers: { [`GET ${FILES}`]: directory(['a']) },
    call: ({ api }) => lxdapi.fileList(api.instances.web, '/x'),
  },
  'filePull()': {
    answers: { [`GET ${FILES}`]: file('content') },
    call: ({ api }) => lxdapi.filePull(api.instances.web, '/x'),
  },
  'filePull() to a file through a symlink': {
    answers: { [`GET ${FILES}`]: [file('/y', 'symlink'), file('content')] },
    call: ({ api, dir }) => lxdapi.filePull(api.instances.web, '/x', join(dir, 'x')),
  },
  'filePush()': {
    answers: {
      [`HEAD ${FILES}`]: [file('old'), file('old'), { status: 404 }],
      [`DELETE ${FILES}`]: DONE,
      [`POST ${FILES}`]: DONE,
    },
    call: ({ api }) =>
      lxdapi.filePush(api.instances.web, '/x/y', Buffer.from('new'), { parents: true, mode: 0o600 }),
  },
  'fileDelete() with all in it': {
    answers: {
      [`DELETE ${FILES}`]: [failure(400, 'not empty'), DONE],
      [`HEAD ${FILES}`]: directory(),
      [`GET ${FILES}`]: directory(['a']),
    },
    call: ({ api }) => lxdapi.fileDelete(api.instances.web, '/x', { recursive: true, by: 'http' }),
  },
  'fileDelete() of nothing': {
    answers: { [`DELETE ${FILES}`]: NOTHING, [`GET ${WEB}`]: sync(INSTANCE) },
    call: ({ api }) => lxdapi.fileDelete(api.instances.web, '/x'),
  },
  'directoryPresent()': {
    answers: { [`HEAD ${FILES}`]: [{ status: 404 }, directory()], [`POST ${FILES}`]: DONE },
    call: ({ api }) => lxdapi.directoryPresent(api.instances.web, '/x/y'),
  },
  'directoryPull()': {
    answers: { [`GET ${FILES}`]: [directory(['a']), directory(['b']), file('content')] },
    call: ({ api, dir }) => lxdapi.directoryPull(api.instances.web, '/x', join(dir, 'x'), { by: 'http' }),
  },
  'directoryPull() of a symlink': {
    answers: { [`GET ${FILES}`]: [directory(['a']), file('/y', 'symlink')] },
    call: ({ api, dir }) =>
      lxdapi.directoryPull(api.instances.web, '/x', join(dir, 'x'), { owners: false, by: 'http' }),
  },
  'directoryPush()': {
    answers: {
      [`HEAD ${FILES}`]: directory(),
      [`GET ${FILES}`]: directory(['nothing']),
      [`POST ${FILES}`]: DONE,
    },
    call: async ({ api, dir }) => {
      await mkdir(join(dir, 'tree/sub'), { recursive: true })
      await symlink('file', join(dir, 'tree/link'))
      return lxdapi.directoryPush(api.instances.web, '/x', join(dir, 'tree'), { by: 'http' })
    },
  },
  'directoryPush() of a file': {
    answers: {
      [`HEAD ${FILES}`]: [directory(), directory(), file('old')],
      [`GET ${FILES}`]: directory(['file']),
      [`POST ${FILES}`]: DONE,
      [`DELETE ${FILES}`]: DONE,
    },
    call: async ({ api, dir }) => {
      await mkdir(join(dir, 'tree'))
      await writeFile(join(dir, 'tree/file'), 'content', { mode: 0o600 })
      return lxdapi.directoryPush(api.instances.web, '/x', join(dir, 'tree'), { by: 'http' })
    },
    // Those to the file itself are tried with filePush(), and each takes half a second.
    only: /^(HEAD|GET|DELETE)/,
  },
  'symlinkPresent()': {
    answers: {
      [`GET ${FILES}`]: file('/other', 'symlink'),
      [`DELETE ${FILES}`]: DONE,
      [`POST ${FILES}`]: DONE,
    },
    call: ({ api }) => lxdapi.symlinkPresent(api.instances.web, '/x', '/y', { by: 'http' }),
  },
  'imageAliasPresent()': {
    answers: {
      'GET /1.0/images/aliases/a': [
        sync({ name: 'a', target: 'other' }),
        sync({ name: 'a', target: FINGERPRINT }),
      ],
      'PUT /1.0/images/aliases/a': DONE,
    },
    call: ({ api }) => lxdapi.imageAliasPresent(api, 'a', FINGERPRINT),
  },
  'imagePresent() of what is not there': {
    answers: {
      [`GET /1.0/images/${FINGERPRINT}`]: [NOTHING, sync(IMAGE)],
      'POST /1.0/images': started(),
      ...ending({ fingerprint: FINGERPRINT }),
    },
    call: async ({ api, dir }) => {
      await writeFile(join(dir, 'image'), BYTES)
      return lxdapi.imagePresent(api, join(dir, 'image'))
    },
  },
  'imagePresent() of a big one': {
    answers: {
      'GET /1.0/images': sync([]),
      'POST /1.0/images': started(),
      ...ending({ fingerprint: BIG_FINGERPRINT }),
      [`GET /1.0/images/${BIG_FINGERPRINT}`]: sync({ ...IMAGE, fingerprint: BIG_FINGERPRINT }),
    },
    call: async ({ api, dir }) => {
      await writeFile(join(dir, 'image'), '')
      await truncate(join(dir, 'image'), BIG)
      return lxdapi.imagePresent(api, join(dir, 'image'))
    },
    only: /^GET .1.0.images$/,
  },
  'exportTo() of an image': {
    answers: {
      [`GET /1.0/images/${FINGERPRINT}`]: sync(IMAGE),
      [`GET /1.0/images/${FINGERPRINT}/export`]: download(BYTES),
    },
    call: ({ api, dir }) => lxdapi.exportTo(api.images[FINGERPRINT], join(dir, 'image')),
  },
  'copy() of an image': {
    answers: {
      [`GET /1.0/images/${FINGERPRINT}`]: [sync(IMAGE), NOTHING, sync(IMAGE)],
      [`GET /1.0/images/${FINGERPRINT}/export`]: download(BYTES),
      'POST /1.0/images': started(),
      ...ending({ fingerprint: FINGERPRINT }),
    },
    call: ({ api }) => lxdapi.copy(api.path('images', FINGERPRINT), api.path('images')),
  },
  'publish()': {
    answers: {
      'POST /1.0/images': started(),
      ...ending({ fingerprint: FINGERPRINT }),
      [`GET /1.0/images/${FINGERPRINT}`]: sync(IMAGE),
    },
    call: ({ api }) => lxdapi.publish(api.instances.web),
  },
  'exportTo()': {
    answers: backup(WEB),
    call: ({ api, dir }) => lxdapi.exportTo(api.instances.web, join(dir, 'backup')),
  },
  'exportTo() of a backup that is not stored': {
    answers: {
      'GET /1.0': sync({ ...SERVER, api_extensions: ['direct_backup'] }),
      [`POST ${WEB}/backups`]: download(BYTES),
    },
    call: ({ api, dir }) => lxdapi.exportTo(api.instances.web, join(dir, 'backup')),
  },
  'importFrom()': {
    answers: {
      'POST /1.0/instances': started(),
      ...ending({}, { resources: { instances: [WEB] } }),
      [`GET ${WEB}`]: sync(INSTANCE),
    },
    call: ({ api }) => lxdapi.importFrom(api.instances, BYTES),
  },
  'exportTo() of a volume': {
    answers: backup('/1.0/storage-pools/p/volumes/custom/v'),
    call: ({ api, dir }) => lxdapi.exportTo(api['storage-pools'].p.volumes.custom.v, join(dir, 'backup')),
  },
  'importFrom() of a volume': {
    answers: {
      'GET /1.0': sync(SERVER),
      'POST /1.0/storage-pools/p/volumes/custom': started(),
      'GET /1.0/storage-pools/p/volumes/custom/v': sync({ name: 'v' }),
    },
    call: ({ api }) => lxdapi.importFrom(api['storage-pools'].p.volumes.custom.v, BYTES, { type: 'iso' }),
  },
  'hasExtension()': {
    answers: { 'GET /1.0': sync(SERVER) },
    call: ({ api }) => lxdapi.hasExtension(api, 'projects'),
  },
  'isTrusted()': {
    answers: { 'GET /1.0': sync(SERVER) },
    call: ({ api }) => lxdapi.isTrusted(api),
  },
  'trust() by a password': {
    isTls: true,
    answers: { 'GET /1.0': sync(UNTRUSTED), 'POST /1.0/certificates': DONE },
    call: ({ api }) => lxdapi.trust(api, { password: 'geheim' }),
  },
  'trust() by a token': {
    isTls: true,
    answers: { 'GET /1.0': sync(UNTRUSTED), 'POST /1.0/certificates': DONE },
    call: ({ api }) => lxdapi.trust(api, { token: token() }),
  },
  'trust() by a token of an identity': {
    isTls: true,
    answers: { 'GET /1.0': sync(UNTRUSTED), 'POST /1.0/auth/identities/tls': DONE },
    call: ({ api }) => lxdapi.trust(api, { token: token({ type: 'Client certificate' }) }),
  },
  'createTrustToken()': {
    answers: { 'POST /1.0/certificates': async({ metadata: TOKEN }) },
    call: ({ api }) => lxdapi.createTrustToken(api, { name: 'ci' }),
  },
  'createJoinToken()': {
    answers: { 'POST /1.0/cluster/members': async({ metadata: TOKEN }) },
    call: ({ api }) => lxdapi.createJoinToken(api, { member: 'n2' }),
  },
  'absent() of an operation': {
    answers: {
      'GET /1.0/operations/1': sync({ ...OPERATION, status_code: 103 }),
      'DELETE /1.0/operations/1': DONE,
    },
    call: ({ api }) => lxdapi.absent(api.operations['1']),
  },
  'exec()': {
    answers: { [`POST ${WEB}/exec`]: sockets(), ...ending({ return: 0 }) },
    call: ({ api }) => lxdapi.exec(api.instances.web, ['true']),
  },
  'exec() with recorded output': {
    answers: {
      [`POST ${WEB}/exec`]: started(),
      ...ending({ return: 0, output: { 1: `${WEB}/logs/1`, 2: `${WEB}/logs/2` } }),
      [`GET ${WEB}/logs/1`]: download(BYTES),
      [`GET ${WEB}/logs/2`]: download(BYTES),
      [`DELETE ${WEB}/logs/1`]: DONE,
      [`DELETE ${WEB}/logs/2`]: DONE,
    },
    call: ({ api }) => lxdapi.exec(api.instances.web, ['true'], { record: true }),
  },
  'spawn()': {
    answers: { [`POST ${WEB}/exec`]: sockets(), ...ending({ return: 0 }) },
    call: async ({ api }) => {
      const child = await lxdapi.spawn(api.instances.web, ['true'], { terminal: true })
      child.stdout.resume()
      return child.exited
    },
  },
  // How to connect to an instance is looked up once: each call has another one.
  'connect()': {
    answers: { 'GET /1.0': sync({ ...SERVER, api_extensions: ['instance_port_forward'] }) },
    call: async ({ api }) => (await lxdapi.connect(api.instances.path(randomUUID()), { port: 80 })).destroy(),
  },
  'forward()': {
    answers: { 'GET /1.0': sync({ ...SERVER, api_extensions: ['instance_port_forward'] }) },
    call: async ({ api }) => (await lxdapi.forward(api.instances.path(randomUUID()), 80)).close(),
  },
  'metrics()': {
    answers: { 'GET /1.0/metrics': { headers: { 'content-type': 'text/plain' }, body: 'lxd_a 1\n# EOF\n' } },
    call: ({ api }) => lxdapi.metrics(api),
  },
  'attachConsole()': {
    answers: { [`POST ${WEB}/console`]: sockets() },
    call: async ({ api }) => (await lxdapi.attachConsole(api.instances.web)).detach(),
  },
}

// These read no answers, or hand out what comes; `events()`, `watch()` and `usage()` have tests of their own.
const OTHERS = [
  'API',
  'APIPromise',
  'APIRequest',
  'APIResult',
  'APIWebSocket',
  'APIWebSocketStream',
  'ApiPath',
  'CertificateMismatchError',
  'EventStream',
  'EventSubscription',
  'InstanceConnection',
  'InstanceConsole',
  'InstanceProcess',
  'LiveList',
  'PortForward',
  'SocketNotFoundError',
  'WatchedList',
  'events',
  'imageGetFingerprint',
  'oidcTokenFile',
  // See test/shortcuts/sftp/.
  'openFiles',
  'readTrustToken',
  'usage',
  'watch',
]

describe('A malformed answer is an exception, to whichever request it comes', { concurrency: 4 }, () => {
  for (const [title, one] of Object.entries(CASES)) test(title, t => tryAll(t, one))
})

test('each function that is exported is tried with malformed answers', () => {
  const tried = Object.keys(CASES).join(' ')
  const functions = Object.entries(lxdapi)
    .filter(
      ([name, value]) => typeof value === 'function' && !/Exception$/.test(name) && !OTHERS.includes(name),
    )
    .map(([name]) => name)
  assert.deepEqual(
    functions.filter(name => !tried.includes(`${name}()`)),
    [],
  )
})

/** What is wrong within an answer of the right form, to a case of those above, and what the exception says. */
const WITHIN: Readonly<Record<string, readonly [keyof typeof CASES, NonNullable<Case['answers']>, RegExp]>> =
  {
    'an operation of another server': wrongOperation('https://evil.example/1.0/operations/1'),
    'an operation of another host': wrongOperation('//evil.example/1.0/operations/1'),
    'an operation elsewhere': wrongOperation('/1.0/../../etc'),
    'an operation that is no text': wrongOperation(7),
    'an operation without a place': wrongOperation(''),
    'an operation whose id is no name': [
      'wait() of an operation that was read',
      { 'GET /1.0/operations/1': sync({ ...OPERATION, status_code: 103, id: '..' }) },
      /which is no URL of its server/,
    ],
    'an operation whose id is no Unicode': [
      'wait() of an operation that was read',
      { 'GET /1.0/operations/1': sync({ ...OPERATION, status_code: 103, id: '\ud800' }) },
      /not found/,
    ],
    'an operation whose status is no number': [
      'wait() of what starts an operation',
      ending(null, { status_code: 'done' }),
      /no number as its metadata\.status_code/,
    ],
    ...each(['fingerprint', 'secret'], field => [
      `a token without a ${field}`,
      [
        'createTrustToken()',
        { 'POST /1.0/certificates': async({ metadata: { ...TOKEN, [field]: undefined } }) },
        new RegExp(`no text as its metadata\\.metadata\\.${field}`),
      ],
    ]),
    'a command without websockets': [
      'exec()',
      { [`POST ${WEB}/exec`]: async({ metadata: { fds: null } }) },
      /no text as its metadata\.metadata\.fds\.control/,
    ],
    'a command that lacks a websocket': [
      'exec()',
      { [`POST ${WEB}/exec`]: async({ metadata: { fds: { 0: 'a', 1: 'b', control: 'd' } } }) },
      /no text as its metadata\.metadata\.fds\.2/,
    ],
    'a command whose websocket is no text': [
      'attachConsole()',
      { [`POST ${WEB}/console`]: async({ metadata: { fds: { 0: ['a'], control: 'd' } } }) },
      /no text as its metadata\.metadata\.fds\.0/,
    ],
    'a command without an exit status': [
      'exec()',
      ending({ return: null }),
      /no number as its metadata\.metadata\.return/,
    ],
    'a command that was not recorded': [
      'exec() with recorded output',
      ending({ return: 0 }),
      /which is no URL of its server/,
    ],
    'a command that was recorded elsewhere': [
      'exec() with recorded output',
      ending({ return: 0, output: { 1: 'https://evil.example/1', 2: `${WEB}/logs/2` } }),
      /which is no URL of its server/,
    ],
    ...each(['..', '', '\ud800', 'a/b', 7, null], name => [
      `an instance named ${JSON.stringify(name)}`,
      [
        'setStates() one by one',
        { 'GET /1.0/instances': sync([INSTANCE, { ...INSTANCE, name }]) },
        /instance|metadata\.1\.name/,
      ],
    ]),
    'an instance without a status': [
      'setStates() one by one',
      { 'GET /1.0/instances': sync([{ name: 'web' }]) },
      /no text as its metadata\.0\.status/,
    ],
    ...each([undefined, [], [7], ['..'], ['/1.0/instances/%ff'], ['https://evil.example/x']], instances => [
      `an import of ${JSON.stringify(instances)}`,
      ['importFrom()', ending({}, { resources: { instances } }), /The answer (has no text|names)/],
    ]),
    ...each(['..', 'f'.repeat(63), 'F'.repeat(64), 7], fingerprint => [
      `an upload that arrived as ${JSON.stringify(fingerprint)}`,
      ['imagePresent() of what is not there', ending({ fingerprint }), /fingerprint/],
    ]),
    ...each(['..', '/', null], fingerprint => [
      `an image made of an instance that is ${JSON.stringify(fingerprint)}`,
      ['publish()', ending({ fingerprint }), /fingerprint/],
    ]),
    ...each(['imageGet()', 'exportTo() of an image', 'copy() of an image'] as const, name => [
      `another image than asked for to ${name}`,
      [
        name,
        { [`GET /1.0/images/${FINGERPRINT}`]: sync({ ...IMAGE, fingerprint: 'b'.repeat(64) }) },
        /The answer is of another image, b{64}/,
      ],
    ]),
    ...each(['..', '../../etc', '.', '', 'a/b', 'nul\0', '\ud800', 7, null], name => [
      `a file named ${JSON.stringify(name)} to list`,
      ['fileList()', { [`GET ${FILES}`]: directory([name]) }, /which is no name/],
    ]),
    ...each(['..', '../../etc', '.', '', 'a/b', 'nul\0', '\ud800', 7, null], name => [
      `a file named ${JSON.stringify(name)} to delete`,
      ['fileDelete() with all in it', { [`GET ${FILES}`]: directory([name]) }, /which is no name/],
    ]),
    'a symlink to nothing': [
      'filePull() to a file through a symlink',
      { [`GET ${FILES}`]: file('', 'symlink') },
      /without a target/,
    ],
    'a symlink to what is no path': [
      'directoryPull() of a symlink',
      { [`GET ${FILES}`]: [directory(['a']), file('a\0b', 'symlink')] },
      /without a target/,
    ],
    ...each(['x-lxd-uid', 'x-lxd-gid', 'x-lxd-mode'], header => [
      `a file whose ${header} is no number`,
      [
        'directoryPull()',
        { [`GET ${FILES}`]: [directory(['a']), withHeader(file('content'), header, 'root')] },
        /The answer is not of a file/,
      ],
    ]),
    'a server without an environment': [
      'copy() to another server',
      { 'GET /1.0': sync({ ...SERVER, environment: null }) },
      /no text as its metadata\.environment\.server/,
    ],
    'a server with addresses that are none': [
      'copy() to another server',
      { 'GET /1.0': sync({ ...SERVER, environment: { ...SERVER.environment, addresses: [7] } }) },
      /no list of texts as its metadata\.environment\.addresses/,
    ],
    'a cluster of nobody': [
      'present() of a network in a cluster',
      { 'GET /1.0/cluster/members': sync([{}]) },
      /no text as its metadata\.0\.server_name/,
    ],
    'two instances of no identity, of which one would be deleted': [
      'move() to another server',
      { [`GET ${WEB}`]: sync({ ...INSTANCE, config: {} }), 'GET /1.0/instances/moved': sync({ config: {} }) },
      /another one of that name/,
    ],
    ...each(
      [7, { eth0: null }, { eth0: { addresses: [null, { scope: 'global', address: 7 }] } }],
      network => [
        `a network of ${JSON.stringify(network)}`,
        ['waitFor() an address', { [`GET ${WEB}/state`]: sync({ network }) }, /did not come about/],
      ],
    ),
  }

describe('What is within an answer is judged before it is used', { concurrency: 4 }, () => {
  for (const [title, [name, answers, message]] of Object.entries(WITHIN))
    test(title, async t => {
      const one = CASES[name] as Case // Safe cast: it is one of them.
      const { run } = await startServer(t, { ...one, answers: { ...one.answers, ...answers } })
      const outcome = await run()
      assert.ok('error' in outcome, `It resolves with ${JSON.stringify('value' in outcome && outcome.value)}`)
      assert.ok(outcome.error instanceof APIException, String((outcome.error as Error).stack))
      assert.match(outcome.error.message, message)
      assert.ok(!outcome.replies.some(({ request }) => request.startsWith('DELETE /1.0/instances/web ')))
    })
})

/** Has each request of a case answered in each wrong form, with all others answered well. */
async function tryAll(t: TestContext, one: Case): Promise<void> {
  const serve = await startServer(t, one)
  const good = await serve.run()
  assert.ok('value' in good, `Answered well, it fails: ${String('error' in good && good.error)}`)
  assert.ok(good.replies.length > 0)
  const mistakes: string[] = []
  for (const [at, { request, reply }] of good.replies.entries()) {
    if (one.only?.test(request) === false) continue
    for (const [name, lie, isWrong] of liesFor(request, reply)) {
      const outcome = await serve.run({ at, lie })
      const mistake = judge(outcome, isWrong && !SETTLED.test(request))
      if (mistake !== undefined) mistakes.push(`${request} answered with ${name}: ${mistake}`)
    }
  }
  assert.deepEqual(mistakes, [])
}

// What is doubtful of a wait is settled by reading the operation.
const SETTLED = /\/wait$/

type Outcome = { readonly value: unknown } | { readonly error: unknown }

function judge(outcome: Outcome, isWrong: boolean): string | undefined {
  if ('value' in outcome) return isWrong ? `it resolves with ${JSON.stringify(outcome.value)}` : undefined
  const { error } = outcome
  if (!(error instanceof APIException)) return `it throws ${String((error as Error).stack ?? error)}`
  return /^(GET|HEAD|POST|PUT|PATCH|DELETE) http\S+ ./.test(error.message) ? undefined : error.message
}

/** The answers that are wrong in place of a good one; of each, whether nothing but an exception will do. */
function liesFor(request: string, reply: Reply): readonly (readonly [string, Reply, boolean])[] {
  const foreign = Object.entries(FOREIGN).map(([name, lie]) => [name, lie, true] as const)
  const { type, metadata } = (reply.json ?? {}) as { readonly type?: string; readonly metadata?: unknown }
  const wrong = Object.entries(METADATA).map(([name, value]) => {
    const isRead = request.startsWith('GET') && type !== 'error'
    return [`metadata: ${name}`, sync(value), isRead && !isFitting(metadata, value)] as const
  })
  return request.startsWith('HEAD') ? foreign : [...foreign, ...wrong]
}

// Go writes what is empty as null, be it a list or a map, and an object may well be empty.
function isFitting(good: unknown, value: unknown): boolean {
  if (value === null) return Array.isArray(good) || JSON.stringify(good) === '{}'
  if (Array.isArray(good)) return Array.isArray(value) && value.length === 0
  return typeof value === 'object' && value !== null && !Array.isArray(value) && typeof good === 'object'
}

interface Lie {
  readonly at: number
  readonly lie: Reply
}

type Run = Outcome & { readonly replies: readonly { readonly request: string; readonly reply: Reply }[] }

/** A server for a case; `run()` calls the function, with the answer to one request replaced. */
async function startServer(t: TestContext, one: Case): Promise<{ run(lie?: Lie): Promise<Run> }> {
  let lying: Lie | undefined
  let replies: { request: string; reply: Reply }[] = []
  const answer = ({ method, url }: Received): Reply => {
    const request = `${method} ${url.split('?')[0]}`
    const before = replies.filter(other => other.request === request).length
    const reply = replies.length === lying?.at ? lying.lie : replyTo(one, request, before)
    replies.push({ request, reply })
    return reply
  }
  const { root, api } = await (one.isTls ? connectTls(t, answer) : connectPlain(t, answer))
  // The same server by another name is another one, as far as anybody can tell.
  const { origin } = (await api.get().catch(error => error)).request
  const { '1.0': other } = API.factory({ baseUrl: origin.replace('127.0.0.1', 'localhost') })
  const run = async (lie?: Lie): Promise<Run> => {
    lying = lie
    replies = []
    const dir = await mkdtemp(join(tmpdir(), 'lxdapi-test-'))
    try {
      return { value: await one.call({ root, api, other: other as unknown as Path, dir }), replies }
    } catch (error) {
      return { error, replies }
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  }
  return { run }
}

function replyTo({ answers = {} }: Case, request: string, before: number): Reply {
  const found = answers[request] ?? ALWAYS[request] ?? NOTHING
  const list = [found].flat() as Reply[] // Safe cast: one or several.
  return list[Math.min(before, list.length - 1)] as Reply
}

const ALWAYS: Readonly<Record<string, Reply>> = {
  'GET /1.0/operations': sync({}),
  ...ending(null),
}

async function connectPlain(t: TestContext, answer: (received: Received) => Reply) {
  // Each websocket of a command ends at once, as the servers end them.
  return servePeers(t, peer => peer.send(''), answer)
}

async function connectTls(t: TestContext, answer: (received: Received) => Reply) {
  const { baseUrl } = await serveTls(t, own, answer)
  return connect(t, { baseUrl, serverCert: own.cert, cert: client.cert, key: client.key })
}

function throwFirst(outcomes: readonly lxdapi.InstanceOutcome[]): readonly lxdapi.InstanceOutcome[] {
  const failed = outcomes.find(({ error }) => error !== undefined)
  if (failed !== undefined) throw failed.error
  return outcomes
}

type Within = (typeof WITHIN)[string]

function wrongOperation(operation: unknown): Within {
  const { json } = started()
  const answers = { 'POST /1.0/instances': { status: 202, json: { ...(json as object), operation } } }
  return ['wait() of what starts an operation', answers, /which is no URL of its server/]
}

function each<T>(
  values: readonly T[],
  describe: (value: T) => readonly [string, Within],
): Readonly<Record<string, Within>> {
  return Object.fromEntries(values.map(describe))
}

function withHeader(reply: Reply, name: string, value: string): Reply {
  return { ...reply, headers: { ...reply.headers, [name]: value } }
}

function json(body: string): Reply {
  return { headers: { 'content-type': 'application/json' }, body }
}

/** How the operation tells its end. */
function ending(metadata: unknown, fields: object = {}): Readonly<Record<string, Reply>> {
  const end = sync({ ...OPERATION, ...fields, metadata })
  return { 'GET /1.0/operations/1': end, 'GET /1.0/operations/1/wait': end }
}

function async(metadata: object): Reply {
  const operation = { ...OPERATION, status: 'Running', status_code: 103, ...metadata }
  return { status: 202, json: { type: 'async', operation: '/1.0/operations/1', metadata: operation } }
}

function offer(): Reply {
  return async({ metadata: { control: 'secret' } })
}

function sockets(): Reply {
  return async({ class: 'websocket', metadata: { fds: { 0: 'a', 1: 'b', 2: 'c', control: 'd' } } })
}

function file(content: string, type = 'file'): Reply {
  return {
    headers: { ...download('').headers, ...look(type), 'content-length': content.length },
    body: content,
  }
}

function directory(names?: readonly unknown[]): Reply {
  return { ...sync(names), headers: look('directory') }
}

function look(type: string): Readonly<Record<string, string>> {
  return { 'x-lxd-type': type, 'x-lxd-mode': '0755', 'x-lxd-uid': '0', 'x-lxd-gid': '0' }
}

function download(body: string | Buffer): Reply {
  return { headers: { 'content-type': 'application/octet-stream' }, body }
}

function backup(path: string): Readonly<Record<string, Reply>> {
  // The name of the backup is made up.
  return new Proxy<Record<string, Reply>>(
    { 'GET /1.0': sync(SERVER), [`POST ${path}/backups`]: started() },
    {
      get: (answers, request: string) => {
        if (request.endsWith('/export')) return download(BYTES)
        return request.startsWith('DELETE') ? started() : answers[request]
      },
    },
  )
}

function token(fields: object = {}): string {
  const fingerprint = new X509Certificate(own.cert).fingerprint256.replaceAll(':', '').toLowerCase()
  const parts = { client_name: 'me', fingerprint, addresses: ['10.0.0.5:8443'], secret: 's', ...fields }
  return Buffer.from(JSON.stringify(parts)).toString('base64')
}
