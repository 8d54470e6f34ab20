import type { Commands } from './commands.ts'
import type { Failure } from './faults.ts'
import { IMAGES, showImage, uploadImage, wholeFingerprint } from './images.ts'
import { answerLog, changeState, INSTANCES, restore, SNAPSHOTS, showInstance, stateOf } from './instances.ts'
import { type FakeRequest, type Fields, fieldsOf, Refusal, type Reply, sync } from './reply.ts'
import { instancesWith, RESOURCE_TYPES, type ResourceType } from './resource-types.ts'
import { answerCollection, answerItem } from './resources.ts'
import type { Item, Store } from './store.ts'

const TYPES = [INSTANCES, SNAPSHOTS, ...RESOURCE_TYPES, IMAGES]
const EXTENSIONS = [
  'etag',
  'patch',
  'projects',
  'instances',
  'file_delete',
  'file_append',
  'directory_manipulation',
  'container_exec_recording',
  'container_exec_user_group_cwd',
  'event_lifecycle',
  'operation_description',
]

const FILE_ACTIONS: Readonly<Record<string, string>> = {
  GET: 'instance-file-retrieved',
  POST: 'instance-file-pushed',
  DELETE: 'instance-file-deleted',
}

/** A request, and what it is answered from. */
export interface Routed {
  readonly request: FakeRequest
  readonly store: Store
  readonly commands: Commands
  /** How the operation fails that the request starts. */
  readonly failure: Failure | undefined
}

/**
 * Answers a request.
 *
 * @throws {Refusal} it is refused
 */
export function answer(routed: Routed): Reply | Promise<Reply> {
  const { request } = routed
  const [version, kind, name] = request.segments
  if (version === undefined) return sync(['/1.0'])
  if (version !== '1.0') throw new Refusal(404, 'not found')
  if (kind === undefined) return sync(describeServer())
  if (kind === 'operations') return answerOperations(routed)
  if (kind === 'instances' && name !== undefined) return answerInstance(routed, name)
  if (kind === 'images') return answerImages(routed)
  return answerResource(routed)
}

function describeServer(): Fields {
  return {
    api_extensions: EXTENSIONS,
    api_status: 'stable',
    api_version: '1.0',
    auth: 'trusted',
    auth_methods: ['tls'],
    public: false,
    config: {},
    environment: {
      addresses: [],
      architectures: ['x86_64'],
      certificate: '',
      project: 'default',
      server: 'lxd',
      server_clustered: false,
      server_name: 'fake',
      server_version: '5.0.2',
    },
  }
}

function answerOperations({ request, store }: Routed): Reply | Promise<Reply> {
  const { segments, method, query } = request
  const [, , id, below] = segments
  const { operations } = store
  if (id === undefined) return operations.list(projectOf(request), Number(query.get('recursion') ?? 0) > 0)
  if (method === 'DELETE') return operations.cancel(id)
  return below === 'wait' ? operations.wait(id, Number(query.get('timeout') ?? -1)) : operations.get(id)
}

function answerInstance(routed: Routed, name: string): Reply {
  const { request, store, commands, failure } = routed
  const { method, segments } = request
  const [, , , below, file] = segments
  if (below === undefined || below === 'snapshots') return answerResource(routed)
  const item = store.find(projectOf(request), `/1.0/instances/${encodeURIComponent(name)}`)
  if (item === undefined) throw new Refusal(404, 'Instance not found')
  if (below === 'state' && method === 'GET') return sync(stateOf(item))
  if (below === 'state' && method === 'PUT') return changeState(item, request, store, failure)
  if (below === 'exec' && method === 'POST') {
    store.tell('instance-exec', item, { command: fieldsOf(request)['command'] })
    return commands.start(item, request, failure)
  }
  if (below === 'files') return answerFiles(item, request, store)
  if (below === 'logs' && file !== undefined) return answerLog(item, file, method)
  throw new Refusal(below === 'state' ? 501 : 404, below === 'state' ? 'not implemented' : 'not found')
}

function answerFiles(item: Item, request: FakeRequest, store: Store): Reply {
  if (item.files === undefined) throw new Refusal(404, 'not found')
  const reply = item.files.answer(request)
  const action = FILE_ACTIONS[request.method]
  if (action !== undefined) store.tell(action, item, { file: request.query.get('path') })
  return reply
}

function answerImages(routed: Routed): Reply {
  const { request, store } = routed
  const { method, segments } = request
  const [, , name, below] = segments
  if (name === 'aliases') return answerResource(routed)
  const project = store.projectWith('features.images', projectOf(request))
  if (name === undefined)
    return method === 'POST' ? uploadImage(project, request, store) : answerResource(routed)
  const fingerprint = wholeFingerprint(project, name, store)
  if (below !== 'export') return answerResource(routed, fingerprint)
  const content = store.find(project, `/1.0/images/${fingerprint}`)?.content
  if (content === undefined) throw new Refusal(404, 'Image not found')
  const headers = { 'content-type': 'application/octet-stream' }
  return {
    headers: { ...headers, 'content-disposition': `inline;filename=${fingerprint}.tar.xz` },
    body: content,
  }
}

function answerResource({ request, store, failure }: Routed, given?: string): Reply {
  const { url, segments } = request
  const parent = url.slice(0, url.lastIndexOf('/'))
  const type = TYPES.find(({ collection }) => collection.test(url) || collection.test(parent))
  if (type === undefined) throw new Refusal(404, 'not found')
  const project = projectFor(type, request, store)
  const isCollection = type.collection.test(url)
  const collection = isCollection ? url : parent
  const call = { type, store, request, project, collection, failure, show }
  if (isCollection) return answerCollection(call)
  const name = given ?? segments.at(-1) ?? ''
  return (type === INSTANCES && answerRestore(call)) || answerItem(call, name)
}

// A PUT that names a snapshot brings the instance back to it, and changes nothing else.
function answerRestore({
  request,
  store,
  project,
}: {
  readonly request: FakeRequest
  readonly store: Store
  readonly project: string
}): Reply | undefined {
  if (request.method !== 'PUT') return undefined
  const { restore: snapshot } = fieldsOf(request)
  const item = store.find(project, request.url)
  return typeof snapshot === 'string' && item ? restore(item, snapshot, store) : undefined
}

function show(item: Item, store: Store): Fields {
  const { url, document, project } = item
  if (/^\/1\.0\/instances\/[^/]+$/.test(url)) return showInstance(item, store)
  if (/^\/1\.0\/images\/[^/]+$/.test(url)) return showImage(item, store)
  if (!/^\/1\.0\/profiles\//.test(url)) return document
  return {
    ...document,
    used_by: instancesWith(String(document['name']), project, store).map(({ url }) => url),
  }
}

function projectFor({ isGlobal, feature }: ResourceType, request: FakeRequest, store: Store): string {
  if (isGlobal) return 'default'
  const project = projectOf(request)
  if (request.method !== 'GET' && store.find('default', `/1.0/projects/${project}`) === undefined)
    throw new Refusal(404, 'Project not found')
  return feature === undefined ? project : store.projectWith(feature, project)
}

/** The project of a request. */
function projectOf({ query }: FakeRequest): string {
  return query.get('project') ?? 'default'
}
