import { type Fields, objectAt, Refusal } from './reply.ts'
import type { Item, Store } from './store.ts'

/** How a type of resource differs from the others. */
export interface ResourceType {
  /** Matches the URL of its collection. */
  readonly collection: RegExp
  /** Its name in URLs of operations. */
  readonly plural: string
  /** As the servers' messages call it: `Profile not found`. */
  readonly noun: string
  /** What begins the actions of its events: `profile`, for `profile-created`. */
  readonly event: string
  /** The feature of a project that has resources of this type of its own; `undefined` if all have. */
  readonly feature?: string
  /** Whether it belongs to no project. */
  readonly isGlobal?: boolean
  /** What operations are called, for changes that are operations: `Creating instance`. */
  readonly operation?: string
  /** The fields that can be changed, with their values where a client gives none. */
  readonly fields: Fields
  /** The message about a name that is taken, and its status. */
  readonly taken: (name: string) => Refusal
  /** The message about one that does not exist. */
  readonly missing?: (name: string) => string
  /** Checks and completes a new item. */
  readonly complete?: (item: Item, body: Fields, store: Store) => Item
  /** Refuses to delete. */
  readonly checkDelete?: (item: Item, store: Store) => void
  /** Whether it can be renamed now. */
  readonly checkRename?: (item: Item) => void
}

const CONFIGURABLE = { config: {}, description: '', devices: {} }

/** All types of resources that are no more than documents. */
export const RESOURCE_TYPES: readonly ResourceType[] = [
  {
    collection: /^\/1\.0\/profiles$/,
    plural: 'profiles',
    noun: 'Profile',
    event: 'profile',
    feature: 'features.profiles',
    fields: CONFIGURABLE,
    taken: name => new Refusal(500, `Error inserting "${name}" into database: The profile already exists`),
    complete: item => ({ ...item, document: { ...item.document, used_by: [] } }),
    checkDelete: ({ document: { name }, project }, store) => {
      if (name === 'default') throw new Refusal(403, 'The "default" profile cannot be deleted')
      if (instancesWith(String(name), project, store).length > 0)
        throw new Refusal(500, 'Profile is currently in use')
    },
  },
  {
    collection: /^\/1\.0\/projects$/,
    plural: 'projects',
    noun: 'Project',
    event: 'project',
    isGlobal: true,
    fields: { config: {}, description: '' },
    taken: name =>
      new Refusal(409, `Failed creating project "${name}": This "projects" entry already exists`),
    complete: (item, body, store) => {
      const features = { 'features.images': 'true', 'features.profiles': 'true' }
      const config = { ...features, 'features.storage.volumes': 'true', ...objectAt(body, 'config') }
      const project = { ...item, document: { ...item.document, config, used_by: [] } }
      store.add(project)
      addDefaultProfile(String(item.document['name']), store)
      return project
    },
    checkDelete: ({ document: { name } }, store) => {
      if (name === 'default') throw new Refusal(403, 'The default project cannot be deleted')
      if (store.list(String(name), '/1.0/instances').length > 0)
        throw new Refusal(500, 'Only empty projects can be removed')
    },
  },
  {
    collection: /^\/1\.0\/images\/aliases$/,
    plural: 'images/aliases',
    noun: 'Image alias',
    event: 'image-alias',
    feature: 'features.images',
    fields: { target: '', description: '' },
    taken: name => new Refusal(409, `Alias "${name}" already exists`),
    complete: (item, body, store) => {
      const image = store.find(item.project, `/1.0/images/${body['target']}`)
      if (image === undefined) throw new Refusal(404, 'Image not found')
      return { ...item, document: { ...item.document, type: image.document['type'] } }
    },
  },
]

/** Adds the profile that each project has. */
export function addDefaultProfile(project: string, store: Store): void {
  const document = { name: 'default', ...CONFIGURABLE, used_by: [] }
  store.add({ project, url: '/1.0/profiles/default', document })
}

/** The instances that use a profile. */
export function instancesWith(profile: string, project: string, store: Store): readonly Item[] {
  return store.list(project, '/1.0/instances').filter(({ document: { profiles } }) => {
    return Array.isArray(profiles) && profiles.includes(profile)
  })
}
