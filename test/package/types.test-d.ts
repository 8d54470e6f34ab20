// What a user perceives of the types. Compiled on every TypeScript that is supported (types.test.ts,
// long/types.test.ts), and never run.
import type { Duplex, Readable } from 'node:stream'
import type { WebSocket } from 'ws'
import {
  type AnyEvent,
  API,
  type APIResult,
  absent,
  asPty,
  attachConsole,
  bridgeTerminal,
  type CloudInitStatus,
  copy,
  createJoinToken,
  createTrustToken,
  type Difference,
  directoryPresent,
  directoryPull,
  directoryPush,
  events,
  exec,
  exportTo,
  type FileStat,
  fileDelete,
  fileList,
  filePull,
  filePush,
  fileStat,
  freeze,
  type GuestInfo,
  type ImageFiles,
  type InstanceCondition,
  type InstanceConsole,
  type InstanceOutcome,
  type InstanceProcess,
  importFrom,
  type LifecycleAction,
  type ListedImage,
  listImages,
  type MetricSample,
  metrics,
  move,
  type Outcome,
  type Path,
  present,
  publish,
  type Rest,
  type Root,
  rename,
  restart,
  restore,
  setStates,
  snapshot,
  spawn,
  start,
  stop,
  symlinkPresent,
  type TerminalEnd,
  unfreeze,
  update,
  usage,
  waitFor,
  watch,
} from '../../src/index.ts'
import type {
  Empty,
  ExecFinished,
  Image,
  ImageAliasesEntry,
  Instance,
  InstanceFull,
  InstanceSnapshot,
  InstanceState,
  Instances,
  InstancesItem,
  InstancesItemState,
  Network,
  NetworkACL,
  Operation,
  Profile,
  Project,
  Server,
  StorageBucket,
  StorageVolume,
  StorageVolumeSnapshot,
} from '../../src/rest.ts'

type Equal<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false

/** Compiles only if the value's type is the very same. */
declare function is<Expected>(): <Actual>(
  value: Actual,
  ...same: Equal<Actual, Expected> extends true ? [] : [never]
) => void

declare const name: string
declare const isFull: boolean
declare const stream: Readable

const root = API.factory()
const api = root['1.0']

export async function index(): Promise<void> {
  is<Rest>()(api)
  is<InstancesItem>()(api.instances.web)
  is<InstancesItem>()(api.instances[name])
  is<InstancesItemState>()(api.instances[name].state)
  is<InstancesItem>()(api.projects.images ? api.instances['with'.concat('x')] : api.instances.web)
  api.images.aliases.debian
  api['storage-pools'].default.volumes.custom[name].snapshots.daily
  api.networks.lxdbr0['load-balancers']['10.0.0.1'].state
  // @ts-expect-error Did you mean 'instances'?
  api.instancs
  // @ts-expect-error Did you mean 'state'?
  api.instances[name].stat
  // @ts-expect-error no API of that version
  root['2.0']
}

export async function sync(): Promise<void> {
  const { metadata, etag, body } = await api.instances[name].get()
  is<Instance>()(metadata)
  is<string | undefined>()(etag)
  is<undefined>()(body)
  is<Server>()((await api.get()).metadata)
  is<string[]>()((await root.get()).metadata)
  is<Record<string, string>>()((await api.profiles.default.get()).metadata.config)
  is<Record<string, string>>()((await api.get()).metadata.config)
  is<Empty>()((await api.profiles.post({ name: 'web' })).metadata)
  is<Profile>()((await api.profiles.default.get().wait()).metadata)
  if (metadata.status === 'Running' && metadata.status_code === 103) metadata.type = 'container'
  // @ts-expect-error Did you mean 'status'?
  metadata.statu
  // @ts-expect-error no such status
  metadata.status === 'running'
  // @ts-expect-error JSON has no body to read
  body.pipe(process.stdout)
  // @ts-expect-error LXD 5.0 has none
  metadata.access_entitlements.length
}

export async function recursion(): Promise<void> {
  is<string[]>()((await api.instances.get()).metadata)
  is<string[]>()((await api.instances.get({ query: { project: 'web' } })).metadata)
  is<string[]>()((await api.instances.get({ query: { recursion: 0 } })).metadata)
  is<Instance[]>()((await api.instances.get({ query: { recursion: 1, project: 'web' } })).metadata)
  is<InstanceFull[]>()((await api.instances.get({ query: { recursion: 2 } })).metadata)
  is<string[] | Image[]>()((await api.images.get({ query: { recursion: isFull ? 1 : 0 } })).metadata)
  is<InstanceFull>()((await api.instances[name].get({ query: { recursion: 1 } })).metadata)
  is<Record<string, string[]>>()((await api.operations.get()).metadata)
  is<Record<string, Operation[]>>()((await api.operations.get({ query: { recursion: 1 } })).metadata)
  is<StorageVolume[]>()(
    (await api['storage-pools'].default.volumes.get({ query: { recursion: 1 } })).metadata,
  )
  // @ts-expect-error images have no state to add
  api.images.get({ query: { recursion: 2 } })
  // @ts-expect-error a number
  api.instances.get({ query: { recursion: '1' } })
  // @ts-expect-error the types would no longer be true
  api.with({ query: { recursion: 1 } })
}

export async function query(): Promise<void> {
  await api.instances.get({ query: { 'all-projects': true, filter: 'status eq Running' } })
  await api.networks.lxdbr0.get({ query: { target: 'n2' }, idleTimeout: 5, headers: { 'X-Test': '1' } })
  await api.instances[name].files.get({ query: { path: '/etc/hosts', project: undefined } })
  await api.operations[name].wait.get({ query: { timeout: 10 } })
  // @ts-expect-error Did you mean to write 'project'?
  api.instances.get({ query: { projct: 'web' } })
  // @ts-expect-error Did you mean to write 'project'?
  api.instances[name].get({ query: { projct: 'web' } })
  // @ts-expect-error a boolean
  api.instances.get({ query: { 'all-projects': 'yes' } })
  // @ts-expect-error no query at all
  api.projects.default.put({}, { query: { project: 'web' } })
  // @ts-expect-error recursion belongs into the query
  api.instances.get({ recursion: 1 })
  // @ts-expect-error which file?
  api.instances[name].files.get()
  // @ts-expect-error which file?
  api.instances[name].files.delete({ query: { project: 'web' } })
}

export async function bodies(): Promise<void> {
  await api.instances.post({ name: 'web', source: { type: 'image', alias: 'debian/13' }, start: true }).wait()
  await api.instances[name].state.put({ action: 'stop', timeout: api.defaultTimeout }).wait()
  await api.instances[name].patch({ config: { 'user.a': 'b' } })
  await api.profiles.default.put({ devices: { root: { type: 'disk', path: '/', pool: 'default' } } })
  await api['network-acls'].post({ name: 'web', ingress: [{ action: 'allow', protocol: 'tcp' }] }).wait()
  await api.put({ config: { 'core.https_address': ':8443' } })
  await api.instances[name]
    .put({ ...(await api.instances[name].get()).metadata, description: 'changed' })
    .wait()
  await api.images[name].refresh.post().wait()
  // @ts-expect-error Did you mean '"stop"'?
  api.instances[name].state.put({ action: 'stp' })
  // @ts-expect-error what to do?
  api.instances[name].state.put({ timeout: 30 })
  // @ts-expect-error what to do?
  api.instances[name].state.put()
  // @ts-expect-error what from?
  api.instances.post({ name: 'web' })
  // @ts-expect-error Did you mean '"image"'?
  api.instances.post({ name: 'web', source: { type: 'imag' } })
  // @ts-expect-error Did you mean to write 'description'?
  api.profiles.post({ name: 'web', descripton: 'x' })
  // @ts-expect-error settings are text
  api.profiles.default.put({ config: { 'limits.cpu': 2 } })
}

export async function operations(): Promise<void> {
  const started = await api.instances[name].state.put({ action: 'start' })
  is<Operation>()(started.metadata)
  is<Operation>()((await started.wait()).metadata)
  is<Operation>()((await api.instances[name].state.put({ action: 'start' }).wait({ timeout: 30 })).metadata)
  is<'durable' | 'task' | 'token' | 'websocket'>()(started.metadata.class)
  const exec = await api.instances[name].exec.post({ command: ['true'], 'wait-for-websocket': true })
  is<string | undefined>()(exec.metadata.metadata?.fds['0'])
  is<number>()((await exec.wait()).metadata.metadata.return)
  const finished = await api.instances[name].exec.post({ command: ['true'], 'record-output': true }).wait()
  is<Operation<ExecFinished>>()(finished.metadata)
  is<string>()((await api.images.post(stream).wait()).metadata.metadata.fingerprint)
  const token = (await api.certificates.post({ type: 'client', name: 'web', token: true })).metadata
  if (token?.id && token.metadata) is<string[]>()(token.metadata.addresses)
  // @ts-expect-error it may have websockets or none
  exec.metadata.metadata.fds
}

export async function either(): Promise<void> {
  const made = await api.networks.post({ name: 'lxdbr1' }).wait()
  is<Operation | Empty>()(made.metadata)
  is<string | undefined>()(made.metadata?.id)
  if (made.metadata?.id) is<Operation>()(made.metadata)
  // @ts-expect-error older servers start no operation
  made.metadata?.id.length
}

export async function content(): Promise<void> {
  is<Readable>()((await api.images[name].export.get()).body)
  is<Readable>()((await api.metrics.get()).body)
  is<string>()(await (await api.instances[name].console.get()).text())
  const file = await api.instances[name].files.get({ query: { path: '/etc' } })
  if (file.body) is<Readable>()(file.body)
  else is<string[]>()(file.metadata)
  await api.instances[name].files.post('text', {
    query: { path: '/etc/motd' },
    headers: { 'X-LXD-mode': '0644' },
  })
  await api.instances[name].files.post(stream, { query: { path: '/etc/motd' } })
  is<undefined>()((await api.instances[name].files.head({ query: { path: '/etc/motd' } })).body)
  // @ts-expect-error not JSON
  api.instances[name].files.post({ text: 'text' }, { query: { path: '/etc/motd' } })
}

export function verbs(): void {
  // @ts-expect-error nothing to delete
  api.resources.delete()
  // @ts-expect-error nothing to read
  api.instances[name].exec.get()
  // @ts-expect-error a collection cannot be patched; nor is this an instance's name
  api.instances.patch({})
  // @ts-expect-error an instance of that name is found by path()
  api.instances.patch.get()
  // @ts-expect-error the connection is handed over to another protocol
  api.instances[name].sftp.get()
}

export function upgrades(): void {
  const connection: Promise<Duplex> = api.instances[name].sftp.upgrade('sftp', { query: { project: 'web' } })
  api.instances[name]['port-forward'].upgrade('tcp', { body: { address: '127.0.0.1', port: 80 } })
  // @ts-expect-error it has another protocol
  api.instances[name].sftp.upgrade('nbd')
  // @ts-expect-error a port is needed
  api.instances[name]['port-forward'].upgrade('tcp')
  api.path(name).upgrade('anything', { body: { any: 'body' } })
  void connection
}

export function websockets(): void {
  api.events.websocket({ query: { type: 'operation,lifecycle', 'all-projects': true } })
  api.operations[name].websocket.websocket({ query: { secret: 'x' } })
  // @ts-expect-error not without a websocket
  api.events.get()
  // @ts-expect-error no websocket there
  api.instances[name].websocket()
}

export function anyEvent(event: AnyEvent): void {
  if (event.type === 'operation') is<Operation>()(event.metadata)
  if (event.type === 'lifecycle') is<LifecycleAction>()(event.metadata.action)
  if (event.type === 'logging') is<string>()(event.metadata.message)
  // @ts-expect-error no such event
  event.type === 'lifecycl'
}

export async function literals(): Promise<void> {
  is<Instances>()(api.path('instances'))
  is<InstancesItem>()(api.instances.path('get'))
  is<InstancesItem>()(api.instances.path('path'))
  is<InstancesItem>()(api.instances.path(7))
  is<InstancesItemState>()(api.path('instances', name, 'state'))
  is<InstancesItemState>()(root.path('1.0', 'instances', name, 'state'))
  is<Instances>()(api.forUrl('/1.0/instances'))
  is<InstancesItem>()(api.instances.forUrl('/1.0/instances/get'))
  is<InstancesItemState>()(api.forUrl(`/1.0/instances/${name}/state`))
  is<Operation>()((await api.forUrl(`/1.0/operations/${name}/wait`).get()).metadata)
}

export async function untyped(operation: string, url: URL): Promise<void> {
  is<Path>()(api.forUrl(operation))
  is<Path>()(api.forUrl(url))
  is<Path>()(api.forUrl(`${operation}/wait`))
  is<Path>()(api.forUrl('/1.0/instances?recursion=1'))
  is<Path>()(api.forUrl('/1.0/newer'))
  is<Path>()(api.path(name))
  is<Path>()(api.path('newer'))
  is<Path>()(api.path('newer', 'than', 'this'))
  is<Path>()(root.path('2.0'))
  const { metadata } = await api.path('newer').than.this.get({ query: { unheard: 'of' } })
  metadata.whatever.it.is
  const typed = await api.path('newer').get<{ id: string }>()
  is<string>()(typed.metadata.id)
}

export function defaults(): void {
  const web = api.with({ query: { project: 'web' } })
  is<Rest>()(web)
  is<InstancesItem>()(web.instances[name])
  is<Instances>()(api.instances.with({ idleTimeout: 5 }))
  is<InstancesItem>()(api.instances.with({ idleTimeout: 5 })[name])
  root.with({ headers: { 'X-Test': '1' } })['1.0'].instances
}

export async function images(): Promise<void> {
  is<ListedImage[]>()(await listImages('images:', { alias: 'debian/12', type: 'container', timeout: 5 }))
  is<ListedImage[]>()(await listImages(api, { architecture: process.arch }))
  // @ts-expect-error Did you mean '"virtual-machine"'?
  listImages('images:', { type: 'virtual-machin' })
  // @ts-expect-error a name, or the API of a server
  listImages(api.images)
}

const web = api.instances.web
const volume = api['storage-pools'].default.volumes.custom.data
const bucket = api['storage-pools'].default.buckets.logs
const anything = api.path(name)

export async function desired(): Promise<void> {
  await present(web, {
    source: { type: 'image', alias: 'debian/13' },
    config: { 'limits.cpu': 2, 'security.nesting': true, 'user.since': new Date(), 'user.gone': null },
    devices: { root: { type: 'disk', path: '/', pool: 'default', size: null }, eth0: null },
    profiles: ['default'],
    description: null,
    status: 'Running',
  })
  await present(web, {}, { force: true, check: true, timeout: 5 })
  await present(web, { source: 'images:debian/12', type: 'virtual-machine', status: 'Running' })
  await present(web.snapshots.daily, { expires_at: new Date() })
  await present(volume.snapshots.daily, { description: 'x', expires_at: null })
  await present(api.profiles.path(name), { name, config: {} })
  await present(api.networks.lxdbr1, { type: 'bridge', config: { 'ipv4.address': null } })
  await present(api.networks.ovn.forwards['10.0.0.1'], { listen_address: '10.0.0.1', ports: [] })
  await present(api.networks.ovn['load-balancers']['10.0.0.1'], { backends: [] })
  await present(api.networks.ovn.peers.other, { target_network: 'x', target_project: 'y' })
  await present(api['network-acls'].web, { ingress: [{ action: 'allow', protocol: 'tcp' }] })
  await present(api['network-zones']['lxd.example'], { config: { 'dns.nameservers': 'ns' } })
  await present(api['network-zones']['lxd.example'].records.web, {
    entries: [{ type: 'A', value: '10.0.0.1' }],
  })
  await present(api['network-address-sets'].web, { addresses: ['10.0.0.1'] })
  await present(api['storage-pools'].default, { driver: 'zfs', config: { size: '1GiB' } })
  await present(volume, { content_type: 'block', config: { size: '1GiB' } })
  await present(bucket, { config: { size: '1GiB' } })
  await present(bucket.keys.reader, { role: 'read-only' })
  await present(api.projects.web, { config: { 'features.images': false } })
  await present(api.certificates[name], { type: 'client', certificate: 'x', projects: ['web'] })
  await present(api.cluster.groups.gpu, { members: ['n1'] })
  await present(api.cluster.members.n1, { failure_domain: 'rack1' })
  await present(api.images[name], { public: true, properties: { os: null } })
  await present(api.images.aliases.debian, { target: name })
  await present(api, { config: { 'core.https_address': ':8443' } })
  await present(anything, { any: ['thing'] })
  // @ts-expect-error Did you mean to write 'config'?
  present(web, { confg: {} })
  // @ts-expect-error Did you mean to write 'config'?
  present(api.profiles.web, { confg: {} })
  // @ts-expect-error Did you mean to write 'description'?
  present(volume, { descripton: 'x' })
  // @ts-expect-error Did you mean '"Running"'?
  present(web, { status: 'Runnin' })
  // @ts-expect-error Did you mean '"image"'?
  present(web, { source: { type: 'imag' } })
  // @ts-expect-error only instances are created of an image that is named
  present(volume, { source: 'images:debian/12' })
  // @ts-expect-error only instances have one to bring about
  present(api.profiles.web, { status: 'Running' })
  // @ts-expect-error no value of a config key
  present(api.profiles.web, { config: { 'limits.cpu': ['2'] } })
  // @ts-expect-error a device is a map
  present(api.profiles.web, { devices: { root: 'disk' } })
  // @ts-expect-error Did you mean to write 'timeout'?
  present(web, {}, { timout: 5 })
  // @ts-expect-error not an item
  present(api.profiles, {})
  // @ts-expect-error not an item, nor can it be written
  present(api.instances.web.snapshots, {})
  // @ts-expect-error it can't be written
  present(api.operations[name], {})
  // @ts-expect-error not a path
  present('/1.0/profiles/web', {})
}

export async function outcomes(): Promise<void> {
  is<APIResult<Instance> | undefined>()((await present(web, {})).result)
  is<APIResult<Profile> | undefined>()((await present(api.profiles[name], {})).result)
  is<APIResult<StorageVolume> | undefined>()((await present(volume, {})).result)
  is<APIResult<StorageBucket> | undefined>()((await present(bucket, {})).result)
  is<APIResult<Server> | undefined>()((await present(api, {})).result)
  is<APIResult<ImageAliasesEntry> | undefined>()((await present(api.images.aliases.a, {})).result)
  is<Outcome<Network>>()(await absent(api.networks.lxdbr1))
  is<Outcome<Project>>()(await absent(api.projects[name], { check: true }))
  is<Outcome<NetworkACL>>()(await rename(api['network-acls'].web, 'other'))
  is<Outcome<Instance>>()(await rename(web, 'other'))
  is<Outcome<Instance>>()(await start(web))
  is<Outcome<Instance>>()(await stop(web, { force: true }))
  is<Outcome<Instance>>()(await restart(web))
  is<Outcome<Instance>>()(await freeze(web))
  is<Outcome<Instance>>()(await unfreeze(web))
  is<Outcome<InstanceSnapshot>>()(await snapshot(web, 'daily'))
  is<Outcome<StorageVolumeSnapshot>>()(await snapshot(volume, 'daily'))
  is<Outcome<Instance>>()(await restore(web, 'daily'))
  is<Outcome<StorageVolume>>()(await restore(volume, 'daily'))
  is<Outcome<Instance>>()(await copy(web, api.instances.copied))
  is<Outcome<Instance>>()(await copy(web.snapshots.daily, api.instances.copied, { refresh: true }))
  is<Outcome<Instance>>()(await copy(anything, api.instances.copied))
  is<Outcome<StorageVolume>>()(await copy(volume, volume, { config: {} }))
  is<Outcome<StorageVolume>>()(await copy(volume.snapshots.daily, volume))
  is<Outcome<Image>>()(await copy(api.images[name], api.images, { aliases: ['a'] }))
  is<Outcome<Instance>>()(await move(web, api.instances.moved))
  is<Outcome<StorageVolume>>()(await move(volume, volume))
  is<Outcome<Image>>()(await publish(web))
  is<Outcome<Image>>()(await publish(web.snapshots.daily, { aliases: ['a'] }))
  is<Outcome<Instance>>()(await importFrom(web, './web.tar.gz', { pool: 'default' }))
  is<Outcome<Instance>>()(await importFrom(api.instances, stream))
  is<Outcome<StorageVolume>>()(await importFrom(volume, './x.iso', { type: 'iso' }))
  is<Outcome<StorageBucket>>()(await importFrom(bucket, './x.tar.gz'))
  is<Outcome<Image>>()(await importFrom(api.images, './x.tar.xz', { aliases: ['a'] }))
  is<Outcome>()(await present(anything, {}))
  is<Outcome>()(await start(anything))
  is<Outcome>()(await snapshot(anything, 'daily'))
  is<Outcome>()(await copy(anything, anything))
  is<Outcome>()(await publish(anything))
  is<Outcome>()(await importFrom(anything, './x'))
  const { changed, difference, result } = await start(web)
  is<boolean>()(changed)
  is<readonly Difference[]>()(difference)
  is<Record<string, string> | undefined>()(result?.metadata.config)
  // @ts-expect-error Did you mean 'status'?
  result?.metadata.statu
}

export async function updates(): Promise<void> {
  const { result } = await update(web, instance => {
    is<Instance>()(instance)
    instance.config['user.a'] = 'b'
    delete instance.devices.eth0
  })
  is<APIResult<Instance> | undefined>()(result)
  await update(api.profiles[name], profile => ({ ...profile, description: 'x' }), { check: true })
  await update(volume, async found => is<StorageVolume>()(found))
  await update(api, server => is<Server>()(server))
  await update(anything, found => found.what.ever)
  // @ts-expect-error Did you mean 'config'?
  update(web, instance => instance.confg)
  // @ts-expect-error not an item
  update(api.profiles, () => {})
  // @ts-expect-error it can't be written
  update(api.operations[name], () => {})
  // @ts-expect-error Did you mean to write 'check'?
  update(web, () => {}, { chek: true })
}

export function terminals(child: InstanceProcess, attached: InstanceConsole, socket: WebSocket): void {
  is<Promise<TerminalEnd>>()(bridgeTerminal(child, socket))
  bridgeTerminal(spawn(web, ['sh'], { terminal: true }), socket)
  bridgeTerminal(attachConsole(web), socket)
  bridgeTerminal(attached, socket)
  asPty(child).onData(data => is<string>()(data))
  asPty(child).onExit(({ exitCode }) => is<number>()(exitCode))
  // @ts-expect-error no socket
  bridgeTerminal(child, child.stdin)
}

export async function waiting(condition: InstanceCondition): Promise<void> {
  is<string>()(await waitFor(web, { address: 'inet' }, { timeout: 60 }))
  is<APIResult<Instance>>()(await waitFor(web, { status: 'Stopped' }))
  is<APIResult<undefined>>()(await waitFor(web, { file: '/etc/hosts' }))
  is<number>()((await waitFor(web, { command: ['true'] })).metadata.metadata.return)
  is<APIResult<InstanceState>>()(await waitFor(web, { agent: true }))
  is<number>()((await waitFor(web, { port: 80 })).metadata.metadata.return)
  is<CloudInitStatus>()(await waitFor(web, { cloudInit: true }))
  is<string | CloudInitStatus | APIResult<Instance | Operation<ExecFinished> | InstanceState | undefined>>()(
    await waitFor(web, condition),
  )
  is<APIResult>()(await waitFor(anything, { status: 'Stopped' }))
  // @ts-expect-error no such condition
  waitFor(web, { adress: 'inet' })
  // @ts-expect-error no instance
  waitFor(api.networks.lxdbr0, { status: 'Created' })
}

export function itemsOfNoOrAnotherType(): void {
  // @ts-expect-error a list
  absent(api.profiles)
  // @ts-expect-error it can't be deleted
  absent(api.resources)
  // @ts-expect-error a list
  rename(api.profiles, 'other')
  // @ts-expect-error it has no name of its own
  rename(api.networks.lxdbr0.forwards['10.0.0.1'], 'other')
  // @ts-expect-error no instance
  start(api.profiles.web)
  // @ts-expect-error a list
  stop(api.instances)
  // @ts-expect-error no instance
  restart(volume)
  // @ts-expect-error no instance
  freeze(web.snapshots.daily)
  // @ts-expect-error no instance
  unfreeze(api.networks.lxdbr0)
  // @ts-expect-error no instance
  exec(api.profiles.web, ['true'])
  // @ts-expect-error no instance
  spawn(volume, ['true'])
  // @ts-expect-error no instance
  attachConsole(api.images[name])
  // @ts-expect-error nothing with snapshots
  snapshot(api.images.x, 'daily')
  // @ts-expect-error nothing with snapshots
  restore(bucket, 'daily')
  // @ts-expect-error not instances
  setStates(api.profiles, 'stop')
  // @ts-expect-error an instance
  setStates(web, 'stop')
  // @ts-expect-error no such action
  setStates(api.instances, 'stp')
  // @ts-expect-error an instance becomes no image
  copy(api.instances.a, api.images)
  // @ts-expect-error an instance becomes no volume
  copy(web, volume)
  // @ts-expect-error an image becomes no instance
  copy(api.images[name], api.instances)
  // @ts-expect-error profiles can't be copied
  copy(api.profiles.a, api.profiles.b)
  // @ts-expect-error a volume has no profiles
  copy(volume, volume, { profiles: [] })
  // @ts-expect-error images can't be moved
  move(api.images[name], api.images)
  // @ts-expect-error an instance becomes no volume
  move(web, volume)
  // @ts-expect-error no instance
  publish(api.images[name])
  // @ts-expect-error profiles can't be exported
  exportTo(api.profiles.web, './web')
  // @ts-expect-error profiles can't be imported
  importFrom(api.profiles.web, './web')
  // @ts-expect-error an instance has no such option
  importFrom(web, './web', { type: 'iso' })
  // @ts-expect-error no files in it
  filePull(api.networks.x, '/etc/hosts')
  // @ts-expect-error no files in it
  filePush(api.profiles.web, '/etc/hosts', 'x')
  // @ts-expect-error no files in it
  fileStat(bucket, '/etc/hosts')
  // @ts-expect-error no files in it
  fileList(api.images[name], '/etc')
  // @ts-expect-error no files in it
  fileDelete(web.snapshots.daily, '/etc/hosts')
  // @ts-expect-error no files in it
  symlinkPresent(api.projects.web, '/a', '/b')
  // @ts-expect-error no files in it
  directoryPresent(api.instances, '/srv')
  // @ts-expect-error no files in it
  directoryPull(api.networks.x, '/srv', './srv')
  // @ts-expect-error no files in it
  directoryPush(api.profiles.web, '/srv', './srv')
}

export async function files(): Promise<void> {
  is<number>()((await exec(web, ['true'])).exitCode)
  is<InstanceProcess>()(await spawn(anything, ['true']))
  is<InstanceConsole>()(await attachConsole(web))
  is<readonly InstanceOutcome[]>()(await setStates(api.instances, 'stop'))
  await setStates(anything, 'start', ({ config }) => config['user.tier'] === 'web')
  is<FileStat | undefined>()(await fileStat(volume, '/x'))
  is<Outcome<undefined>>()(await fileDelete(web, '/x'))
  is<Outcome<undefined>>()(await symlinkPresent(anything, '/a', '/b'))
  is<Outcome<undefined>>()(await directoryPresent(volume, '/srv'))
  await fileList(web, '/etc')
  await filePull(volume, '/x')
  await filePush(web, '/x', 'text')
  await directoryPull(web, '/srv', './srv')
  await directoryPush(volume, '/srv', './srv')
  await exportTo(web, './web.tar.gz')
  await exportTo(bucket, './logs.tar.gz')
  is<ImageFiles>()(await exportTo(api.images[name], './image'))
}

export async function tokens(): Promise<void> {
  const { token, operation, expiresAt } = await createTrustToken(api, { name: 'ci' })
  is<string>()(token)
  is<Path>()(operation)
  is<Date | undefined>()(expiresAt)
  is<string>()((await createJoinToken(root, { member: 'n2' })).token)
  is<Outcome>()(await createTrustToken(api, { name: 'ci', check: true }))
  // @ts-expect-error a check creates none
  is<string>()((await createTrustToken(api, { name: 'ci', check: true })).token)
  // @ts-expect-error a token is for somebody
  createTrustToken(api, {})
}

export async function guests(): Promise<void> {
  const guest = API.guest()['1.0']
  is<GuestInfo>()((await guest.get()).metadata)
  is<string[]>()((await guest.config.get()).metadata)
  is<Readable>()((await guest.config.path('user.role').get()).body)
  is<Record<string, Record<string, string>>>()((await guest.devices.get()).metadata)
  for await (const event of events(guest)) {
    if (event.type === 'config') is<string>()(event.metadata.key)
    // @ts-expect-error This comparison appears to be unintentional
    if (event.type === 'lifecycle') break
  }
  for await (const event of events(api)) {
    // @ts-expect-error This comparison appears to be unintentional
    if (event.type === 'config') break
  }
  // @ts-expect-error Property 'instances' does not exist
  guest.instances
  // @ts-expect-error no such state
  guest.patch({ state: 'Running' })
}

export async function lists(): Promise<void> {
  const live = await watch(api.instances)
  is<Instance | undefined>()(live.get('web'))
  for (const instance of live) is<Instance>()(instance)
  for await (const change of live.changes()) {
    if (change.type === 'changed') is<readonly Difference[]>()(change.difference)
    else if (change.type === 'renamed') is<string>()(change.from)
    else if (change.type === 'stale') is<unknown>()(change.reason)
    else if (change.type !== 'synced') is<Instance>()(change.item)
  }
  is<Image | undefined>()((await watch(api.images)).get(name))
  is<ImageAliasesEntry | undefined>()((await watch(api.images.aliases)).get(name))
  is<Network | undefined>()((await watch(api.networks)).get(name))
  is<StorageVolume | undefined>()((await watch(api['storage-pools'].default.volumes)).get(name))
  is<StorageVolume | undefined>()((await watch(api['storage-pools'].default.volumes.custom)).get(name))
  is<InstanceSnapshot | undefined>()((await watch(web.snapshots)).get(name))
  await watch(api.instances, { filter: ({ status }) => status === 'Running', poll: 60 })
  for await (const change of watch(anything)) if (change.type === 'added') change.item.anything
  // @ts-expect-error not a list
  watch(api.instances.web)
  // @ts-expect-error not a list
  watch(api)
  // @ts-expect-error no such field
  watch(api.instances, { filter: ({ state }) => state })
  for await (const { cpu, memory } of usage(api.instances, { every: 1 })) {
    is<number | undefined>()(cpu)
    is<number>()(memory.used)
  }
  usage(web, { every: 1 })
  // @ts-expect-error no instances
  usage(api.profiles, { every: 1 })
  // @ts-expect-error how often
  usage(api.instances, {})
  is<readonly MetricSample[]>()(await metrics(api))
}

export function shortcuts(either: Root | Rest, result: APIResult): void {
  takesRoot(root)
  takesRest(api)
  result.metadata.anything
  if ('1.0' in either) is<Root>()(either)
}

declare function takesRoot(root: Root): void
declare function takesRest(rest: Rest): void
