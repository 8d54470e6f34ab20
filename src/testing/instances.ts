import { randomUUID } from 'node:crypto'
import { UNSET_TIME } from '../common/go-time.ts'
import { FileTree } from './file-tree.ts'
import { type FakeRequest, type Fields, fieldsOf, objectAt, Refusal, type Reply, sync } from './reply.ts'
import type { ResourceType } from './resource-types.ts'
import type { Item, Store } from './store.ts'

const STATUS_CODES: Readonly<Record<string, number>> = { Running: 103, Stopped: 102, Frozen: 110 }
const NAME = /^[a-zA-Z](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/
const FIELDS = { config: {}, description: '', devices: {}, ephemeral: false, profiles: ['default'] }

/** Instances, whose changes are operations. */
export const INSTANCES: ResourceType = {
  collection: /^\/1\.0\/instances$/,
  plural: 'instances',
  noun: 'Instance',
  event: 'instance',
  operation: 'instance',
  fields: FIELDS,
  taken: () => new Refusal(400, 'Add instance info to the database: This "instances" entry already exists'),
  complete: (item, body, store) => {
    const name = String(item.document['name'])
    if (!NAME.test(name))
      throw new Refusal(
        400,
        'Invalid instance name: Name can only contain alphanumeric and hyphen characters',
      )
    return completeInstance(item, objectAt(body, 'source'), store, body)
  },
  checkDelete: ({ document }) => {
    if (document['status'] !== 'Stopped') throw new Refusal(400, 'Instance is running')
  },
  checkRename: ({ document }) => {
    if (document['status'] !== 'Stopped') throw new Refusal(400, 'Renaming of running container not allowed')
  },
}

/** Snapshots of instances. */
export const SNAPSHOTS: ResourceType = {
  collection: /^\/1\.0\/instances\/[^/]+\/snapshots$/,
  plural: 'instances',
  noun: 'Snapshot',
  event: 'instance-snapshot',
  operation: 'snapshot',
  fields: { expires_at: UNSET_TIME },
  taken: name =>
    new Refusal(
      400,
      `Failed creating instance snapshot record "${name}": This "instances_snapshots" entry already exists`,
    ),
  complete: (item, body, store) => {
    const owner = store.find(item.project, item.url.replace(/\/snapshots\/[^/]+$/, ''))
    if (owner === undefined) throw new Refusal(404, 'Instance not found')
    const { name, expires_at } = item.document
    const stateful = body['stateful'] ?? false
    const document = { ...owner.document, name, expires_at, stateful, created_at: new Date().toISOString() }
    return { ...item, document, files: owner.files?.copy() }
  },
}

function completeInstance(item: Item, source: Fields, store: Store, body: Fields): Item {
  const origin = sourceOf(item, source, store)
  const config = { ...origin.config, ...objectAt(item.document, 'config'), 'volatile.uuid': randomUUID() }
  const document = {
    architecture: 'x86_64',
    stateful: false,
    created_at: new Date().toISOString(),
    last_used_at: '1970-01-01T00:00:00Z',
    location: 'none',
    type: body['type'] ?? 'container',
    project: item.project,
    ...item.document,
    config,
    status: 'Stopped',
    status_code: 102,
  }
  return { ...item, document, files: origin.files, logs: new Map() }
}

/** What an instance is made of. */
function sourceOf(item: Item, source: Fields, store: Store): { config: Fields; files: FileTree } {
  const { type, source: name, server } = source
  if (type === 'copy') {
    const copied = store.find(item.project, `/1.0/instances/${String(name).replace('/', '/snapshots/')}`)
    if (copied === undefined) throw new Refusal(404, 'Instance not found')
    return { config: objectAt(copied.document, 'config'), files: copied.files?.copy() ?? new FileTree() }
  }
  // Another server has all images.
  if (type !== 'image' || server !== undefined) return { config: {}, files: new FileTree() }
  const project = store.projectWith('features.images', item.project)
  const image = findImage(project, source, store)
  const properties = Object.entries(objectAt(image.document, 'properties'))
  const config = Object.fromEntries(properties.map(([key, value]) => [`image.${key}`, value]))
  return {
    config: { ...config, 'volatile.base_image': image.document['fingerprint'] },
    files: image.files?.copy() ?? new FileTree(),
  }
}

function findImage(project: string, { alias, fingerprint }: Fields, store: Store): Item {
  const named = store.find(project, `/1.0/images/aliases/${encodeURIComponent(String(alias))}`)
  if (alias !== undefined && named === undefined) throw new Refusal(404, 'Image alias not found')
  const wanted = String(named?.document['target'] ?? fingerprint)
  const image = store
    .list(project, '/1.0/images')
    .find(({ document }) => String(document['fingerprint']).startsWith(wanted))
  if (image === undefined) throw new Refusal(404, 'Image not found')
  return image
}

/** What a client reads of an instance: also what its profiles add. */
export function showInstance(item: Item, store: Store): Fields {
  const { document, project } = item
  const names = Array.isArray(document['profiles']) ? document['profiles'] : []
  const owner = store.projectWith('features.profiles', project)
  const profiles = names.map(name => store.find(owner, `/1.0/profiles/${name}`)?.document ?? {})
  const expand = (field: string): Fields =>
    Object.assign({}, ...[...profiles, document].map(one => objectAt(one, field)))
  return { ...document, expanded_config: expand('config'), expanded_devices: expand('devices') }
}

/** The state of an instance. */
export function stateOf({ document: { status, status_code } }: Item): Fields {
  const isRunning = status !== 'Stopped'
  const lo = { addresses: [], counters: {}, hwaddr: '', mtu: 65536, state: 'down', type: 'loopback' }
  return {
    status,
    status_code,
    disk: {},
    memory: { usage: isRunning ? 2 ** 20 : 0, usage_peak: 0, swap_usage: 0, swap_usage_peak: 0 },
    network: isRunning ? { lo } : null,
    pid: isRunning ? 1000 : 0,
    processes: isRunning ? 1 : 0,
    cpu: { usage: isRunning ? 1 : 0 },
  }
}

interface Action {
  readonly from: readonly string[]
  readonly to: string
  readonly description: string
  readonly event: string
  readonly error: string
}

const ACTIONS: Readonly<Record<string, Action>> = {
  start: {
    from: ['Stopped'],
    to: 'Running',
    description: 'Starting instance',
    event: 'instance-started',
    error: 'The instance is already running',
  },
  stop: {
    from: ['Running', 'Frozen'],
    to: 'Stopped',
    description: 'Stopping instance',
    event: 'instance-stopped',
    error: 'The instance is already stopped',
  },
  restart: {
    from: ['Running', 'Frozen'],
    to: 'Running',
    description: 'Restarting instance',
    event: 'instance-restarted',
    error: 'The instance is not running',
  },
  freeze: {
    from: ['Running'],
    to: 'Frozen',
    description: 'Freezing instance',
    event: 'instance-paused',
    error: 'The instance is not running',
  },
  unfreeze: {
    from: ['Frozen'],
    to: 'Running',
    description: 'Unfreezing instance',
    event: 'instance-resumed',
    error: 'The instance is not frozen',
  },
}

/** Starts the operation that changes the state of an instance. */
export function changeState(
  item: Item,
  request: FakeRequest,
  store: Store,
  failure: { readonly error: string } | undefined,
): Reply {
  const { action: name } = fieldsOf(request)
  const action = ACTIONS[String(name)]
  if (action === undefined) throw new Refusal(400, `Unknown action: '${name}'`)
  return store.operations.start({
    description: action.description,
    project: item.project,
    resources: { instances: [item.url] },
    run: () => {
      if (failure !== undefined) throw new Error(failure.error)
      if (!action.from.includes(String(item.document['status']))) throw new Error(action.error)
      item.document = { ...item.document, ...statusFields(action.to) }
      store.tell(action.event, item)
      if (action.to === 'Stopped' && item.document['ephemeral'] === true) store.remove(item)
      return null
    },
  })
}

/** Starts the operation that brings an instance back to a snapshot. */
export function restore(item: Item, name: string, store: Store): Reply {
  const snapshot = store.find(item.project, `${item.url}/snapshots/${encodeURIComponent(name)}`)
  if (snapshot === undefined) throw new Refusal(404, 'Instance snapshot not found')
  return store.operations.start({
    description: 'Restoring snapshot',
    project: item.project,
    resources: { instances: [item.url] },
    run: () => {
      for (const field of Object.keys(FIELDS))
        item.document = { ...item.document, [field]: snapshot.document[field] }
      item.files = snapshot.files?.copy()
      store.tell('instance-restored', item, { snapshot: name })
      return null
    },
  })
}

/** The fields of a document that tell of a status. */
export function statusFields(status: string): Fields {
  return { status, status_code: STATUS_CODES[status] }
}

/** Answers requests for files with the output of commands. */
export function answerLog({ logs }: Item, name: string, method: string): Reply {
  const body = logs?.get(name)
  if (body === undefined) throw new Refusal(404, 'Not Found')
  if (method !== 'DELETE') return { headers: { 'content-type': 'application/octet-stream' }, body }
  logs?.delete(name)
  return sync({})
}
