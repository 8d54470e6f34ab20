import { FileTree } from './file-tree.ts'
import { addImage } from './images.ts'
import { statusFields } from './instances.ts'
import type { Fields } from './reply.ts'
import { addDefaultProfile } from './resource-types.ts'
import type { Store } from './store.ts'

/** An instance that a fake server has from the start. */
export interface FakeInstance {
  /** `Stopped` by default. */
  readonly status?: 'Running' | 'Stopped' | 'Frozen'
  readonly config?: Readonly<Record<string, string>>
  readonly devices?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly profiles?: readonly string[]
  readonly description?: string
  /** The content of files, by their absolute path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
}

/** Puts what a server has from the start into its store. */
export function fillStore(
  store: Store,
  instances: Readonly<Record<string, FakeInstance>>,
  images: readonly string[],
): void {
  const config = {
    'features.images': 'true',
    'features.profiles': 'true',
    'features.storage.volumes': 'true',
  }
  const project = { name: 'default', description: 'Default LXD project', config, used_by: [] }
  store.add({ project: 'default', url: '/1.0/projects/default', document: project })
  addDefaultProfile('default', store)
  for (const alias of images) addImage(alias, store)
  for (const [name, instance] of Object.entries(instances)) addInstance(store, name, instance)
}

function addInstance(
  store: Store,
  name: string,
  { status = 'Stopped', files = {}, ...fields }: FakeInstance,
): void {
  const tree = new FileTree()
  for (const [path, content] of Object.entries(files)) tree.add(path, content)
  const document: Fields = {
    architecture: 'x86_64',
    config: {},
    created_at: new Date().toISOString(),
    description: '',
    devices: {},
    ephemeral: false,
    last_used_at: '1970-01-01T00:00:00Z',
    location: 'none',
    name,
    profiles: ['default'],
    project: 'default',
    stateful: false,
    type: 'container',
    ...fields,
    ...statusFields(status),
  }
  const url = `/1.0/instances/${encodeURIComponent(name)}`
  store.add({ project: 'default', url, document, files: tree, logs: new Map() })
}
