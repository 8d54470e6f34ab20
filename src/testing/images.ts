import { createHash } from 'node:crypto'
import { UNSET_TIME } from '../common/go-time.ts'
import { FileTree } from './file-tree.ts'
import { type FakeRequest, type Fields, Refusal, type Reply } from './reply.ts'
import type { ResourceType } from './resource-types.ts'
import type { Item, Store } from './store.ts'

/** Images, which are uploaded rather than created. */
export const IMAGES: ResourceType = {
  collection: /^\/1\.0\/images$/,
  plural: 'images',
  noun: 'Image',
  event: 'image',
  feature: 'features.images',
  operation: 'image',
  fields: { auto_update: false, public: false, properties: {}, profiles: ['default'] },
  taken: () => new Refusal(400, 'Image with same fingerprint already exists'),
}

/** Starts the operation that adds the image in the body of a request. */
export function uploadImage(project: string, { headers, body }: FakeRequest, store: Store): Reply {
  if (headers['content-type'] !== 'application/octet-stream')
    throw new Refusal(501, 'The fake server only takes images of one file')
  const properties = new URLSearchParams(String(headers['x-lxd-properties'] ?? ''))
  const isPublic = ['1', 'true'].includes(String(headers['x-lxd-public'] ?? ''))
  const image = imageOf(project, body, { properties: Object.fromEntries(properties), public: isPublic })
  return store.operations.start({
    description: 'Downloading image',
    project,
    resources: {},
    run: () => {
      if (store.find(project, image.url) !== undefined) throw IMAGES.taken('')
      store.add(image)
      store.tell('image-created', image)
      return { fingerprint: image.document['fingerprint'], size: String(body.length) }
    },
  })
}

/** Adds an image with an alias. */
export function addImage(alias: string, store: Store): void {
  const image = imageOf('default', Buffer.from(alias), { properties: { os: alias } })
  store.add(image)
  const document = { name: alias, target: image.document['fingerprint'], description: '', type: 'container' }
  store.add({ project: 'default', url: `/1.0/images/aliases/${encodeURIComponent(alias)}`, document })
}

/** What a client reads of an image: also its aliases. */
export function showImage({ document, project }: Item, store: Store): Fields {
  const aliases = store
    .list(project, '/1.0/images/aliases')
    .filter(alias => alias.document['target'] === document['fingerprint'])
    .map(alias => ({ name: alias.document['name'], description: alias.document['description'] }))
  return { ...document, aliases }
}

/** The name of an image by the beginning of its fingerprint. */
export function wholeFingerprint(project: string, beginning: string, store: Store): string {
  const found = store
    .list(project, '/1.0/images')
    .find(({ document }) => String(document['fingerprint']).startsWith(beginning))
  return String(found?.document['fingerprint'] ?? beginning)
}

function imageOf(project: string, content: Buffer, fields: Fields): Item {
  const fingerprint = createHash('sha256').update(content).digest('hex')
  const now = new Date().toISOString()
  const document = {
    ...IMAGES.fields,
    ...fields,
    architecture: 'x86_64',
    cached: false,
    created_at: now,
    expires_at: UNSET_TIME,
    filename: '',
    fingerprint,
    last_used_at: UNSET_TIME,
    size: content.length,
    type: 'container',
    uploaded_at: now,
  }
  return { project, url: `/1.0/images/${fingerprint}`, document, content, files: new FileTree() }
}
