import {
  created,
  type FakeRequest,
  type Fields,
  fieldsOf,
  objectAt,
  Refusal,
  type Reply,
  sync,
} from './reply.ts'
import type { ResourceType } from './resource-types.ts'
import { checkEtag, etagOf, type Item, type Store } from './store.ts'

/** A request to a resource, or to the list of all of a type. */
export interface ResourceRequest {
  readonly type: ResourceType
  readonly store: Store
  readonly request: FakeRequest
  readonly project: string
  /** The URL of the collection. */
  readonly collection: string
  /** How the operation fails that the request starts. */
  readonly failure?: { readonly error: string }
  /** What a client reads of an item. */
  readonly show: (item: Item, store: Store) => Fields
}

/** Answers a request to the list of resources of a type. */
export function answerCollection(call: ResourceRequest): Reply {
  const { request, store, project, collection, show } = call
  if (request.method === 'POST') return create(call)
  if (request.method !== 'GET') throw new Refusal(501, 'not implemented')
  if (request.query.has('filter')) throw new Refusal(501, 'The fake server has no filters')
  const items = store.list(project, collection)
  const isRecursive = Number(request.query.get('recursion') ?? 0) > 0
  return sync(items.map(item => (isRecursive ? show(item, store) : item.url)))
}

/** Answers a request to one resource. */
export function answerItem(call: ResourceRequest, name: string): Reply {
  const item = findItem(call, name)
  const { request, store, show } = call
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return sync(show(item, store), { etag: `"${etagOf(item.document)}"` })
    case 'PUT':
    case 'PATCH':
      checkEtag(item.document, request.headers['if-match'])
      return change(call, item, fieldsOf(request))
    case 'POST':
      return rename(call, item, fieldsOf(request))
    case 'DELETE':
      return remove(call, item)
    default:
      throw new Refusal(501, 'not implemented')
  }
}

function create(call: ResourceRequest): Reply {
  const { type, request, store, project, collection } = call
  const body = fieldsOf(request)
  const name = body['name']
  if (typeof name !== 'string' || name === '') throw new Refusal(400, 'No name provided')
  const fields = Object.fromEntries(
    Object.entries(type.fields).map(([field, value]) => [field, body[field] ?? value]),
  )
  const empty: Item = {
    project,
    url: `${collection}/${encodeURIComponent(name)}`,
    document: { name, ...fields },
  }
  const checkName = (): void => {
    if (store.find(project, empty.url) !== undefined) throw type.taken(name)
  }
  if (type.operation === undefined) checkName()
  const item = type.complete?.(empty, body, store) ?? empty
  return carryOut(call, 'Creating', item.url, () => {
    checkName()
    store.add(item)
    store.tell(`${type.event}-created`, item)
    return created(item.url)
  })
}

function change(call: ResourceRequest, item: Item, body: Fields): Reply {
  const { type, request, store } = call
  const isWhole = request.method === 'PUT'
  const document = { ...item.document }
  for (const [field, value] of Object.entries(type.fields)) {
    if (isWhole) document[field] = body[field] ?? value
    else if (field === 'config' || field === 'devices')
      document[field] = { ...objectAt(document, field), ...objectAt(body, field) }
    else document[field] = body[field] ?? document[field]
  }
  const done = (): Reply => {
    item.document = document
    store.tell(`${type.event}-updated`, item)
    return sync({})
  }
  // As on the servers, only a PUT starts an operation.
  return isWhole ? carryOut(call, 'Updating', item.url, done) : done()
}

function rename(call: ResourceRequest, item: Item, body: Fields): Reply {
  const { type, store, collection, project } = call
  const { name } = body
  if (typeof name !== 'string' || name === '') throw new Refusal(400, 'No name provided')
  const url = `${collection}/${encodeURIComponent(name)}`
  if (store.find(project, url) !== undefined) throw new Refusal(409, `Name "${name}" already in use`)
  return carryOut(call, 'Renaming', item.url, () => {
    type.checkRename?.(item)
    const old_name = item.document['name']
    item.document = { ...item.document, name }
    store.move(item, url)
    store.tell(`${type.event}-renamed`, { project, url }, { old_name })
    return created(url)
  })
}

function remove(call: ResourceRequest, item: Item): Reply {
  const { type, store } = call
  type.checkDelete?.(item, store)
  return carryOut(call, 'Deleting', item.url, () => {
    store.remove(item)
    store.tell(`${type.event}-deleted`, item)
    return sync({})
  })
}

function carryOut(
  { type, store, project, failure }: ResourceRequest,
  verb: string,
  url: string,
  run: () => Reply,
): Reply {
  if (type.operation === undefined) return run()
  return store.operations.start({
    description: `${verb} ${type.operation}`,
    project,
    resources: { [type.plural]: [url] },
    run: () => {
      if (failure !== undefined) throw new Error(failure.error)
      run()
      return null
    },
  })
}

/** Finds what a request is about. */
function findItem(
  { type, store, project, collection }: Omit<ResourceRequest, 'request'>,
  name: string,
): Item {
  const item = store.find(project, `${collection}/${encodeURIComponent(name)}`)
  if (item !== undefined) return item
  throw new Refusal(404, type.missing?.(name) ?? `${type.noun} not found`)
}
