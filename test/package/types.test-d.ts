// What a user perceives of the types. Compiled by types.test.ts on every TypeScript that is supported, and never run.
import type { Duplex, Readable } from 'node:stream'
import {
  type AnyEvent,
  API,
  type APIResult,
  type Empty,
  type ExecFinished,
  type Image,
  type Instance,
  type InstanceFull,
  type Instances,
  type InstancesItem,
  type InstancesItemState,
  type Operation,
  type Path,
  type Profile,
  type Rest,
  type Root,
  type Server,
  type StorageVolume,
} from '../../src/index.ts'

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
  is<string | undefined>()((await api.get()).metadata.config['core.https_address'])
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

export function events(event: AnyEvent): void {
  if (event.type === 'operation') is<Operation>()(event.metadata)
  if (event.type === 'lifecycle') is<string>()(event.metadata.action)
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

export function shortcuts(either: Root | Rest, result: APIResult): void {
  takesRoot(root)
  takesRest(api)
  result.metadata.anything
  if ('1.0' in either) is<Root>()(either)
}

declare function takesRoot(root: Root): void
declare function takesRest(rest: Rest): void
