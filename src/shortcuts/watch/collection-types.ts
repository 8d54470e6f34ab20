import { textOf } from '../../common/text-of.ts'
import type { Fields } from '../shared/fields.ts'

/** What has to be known of a list of resources to keep it up to date. */
export interface CollectionType {
  /** The name of an item in the list; `undefined` for what is no item of it. */
  readonly name: (item: Fields) => string | undefined
  /** Whether its items belong to no project. */
  readonly isGlobal: boolean
  /** Whether a project may share the items of the default project. */
  readonly isShared: boolean
  /** Whether one item can't be read as the list has it, so that the whole list is read. */
  readonly isReadWhole: boolean
  /** The URLs below `/1.0/` of other resources whose events change the list. */
  readonly dependsOn: RegExp | undefined
}

const DEFAULTS: CollectionType = {
  name: ({ name }) => textOf(name),
  isGlobal: false,
  isShared: false,
  isReadWhole: false,
  dependsOn: undefined,
}

const GLOBAL: Partial<CollectionType> = { isGlobal: true }
const SHARED: Partial<CollectionType> = { isShared: true }
const ADDRESSED: Partial<CollectionType> = { isShared: true, name: item => textOf(item['listen_address']) }
// Their names in the list begin with that of what they belong to.
const OWNED: Partial<CollectionType> = { name: ({ name }) => textOf(name)?.split('/').at(-1) }
// The volumes of instances and images come and go with these, and snapshots are listed as if they were volumes.
const VOLUMES: Partial<CollectionType> = {
  isShared: true,
  isReadWhole: true,
  dependsOn: /^(instances|images|storage-pools\/[^/]+\/volumes)\//,
}

// The lists whose items cause events, by their URLs below /1.0.
const COLLECTION_TYPES: readonly (readonly [RegExp, Partial<CollectionType>])[] = [
  // Their expanded configuration has that of their profiles.
  [/^instances$/, { dependsOn: /^profiles\/[^/]+$/ }],
  [/^instances\/[^/]+\/(snapshots|backups)$/, OWNED],
  [
    /^images$/,
    { isShared: true, name: item => textOf(item['fingerprint']), dependsOn: /^images\/aliases\// },
  ],
  [/^images\/aliases$/, SHARED],
  [/^(profiles|networks|network-acls|network-address-sets)$/, SHARED],
  // Incus 6.0 names the project of one in the list only.
  [/^network-zones$/, { ...SHARED, isReadWhole: true }],
  [/^networks\/[^/]+\/(forwards|load-balancers)$/, ADDRESSED],
  [/^networks\/[^/]+\/peers$|^network-zones\/[^/]+\/records$/, SHARED],
  [/^storage-pools\/[^/]+\/volumes$/, { ...VOLUMES, name: item => located(item, volumeName(item)) }],
  [
    /^storage-pools\/[^/]+\/volumes\/[^/]+$/,
    { ...VOLUMES, name: item => located(item, textOf(item['name'])) },
  ],
  [
    /^storage-pools\/[^/]+\/volumes\/custom\/[^/]+\/(snapshots|backups)$/,
    { ...OWNED, isReadWhole: true, isShared: true },
  ],
  [
    /^storage-pools\/[^/]+\/buckets$/,
    { ...SHARED, isReadWhole: true, name: item => located(item, textOf(item['name'])) },
  ],
  [/^placement-groups$/, {}],
  [/^(projects|storage-pools|network-integrations|replicators)$/, GLOBAL],
  [/^cluster\/groups$|^auth\/(groups|identity-provider-groups)$/, GLOBAL],
  [/^cluster\/members$/, { isGlobal: true, name: item => textOf(item['server_name']) }],
  [/^certificates$/, { isGlobal: true, name: item => textOf(item['fingerprint']) }],
]

/** The type of the list at a URL; `undefined` for anything else. */
export function collectionTypeOf(url: string): CollectionType | undefined {
  const found = COLLECTION_TYPES.find(([urls]) => urls.test(url.replace(/^\/1\.0\//, '')))
  return found && { ...DEFAULTS, ...found[1] }
}

function volumeName({ type, name }: Fields): string | undefined {
  return textOf(type) && textOf(name) && `${type}/${name}`
}

// Each member of a cluster may have a volume of the same name.
function located({ location }: Fields, name: string | undefined): string | undefined {
  const isOnMember = typeof location === 'string' && location !== '' && location !== 'none'
  return isOnMember && name !== undefined ? `${name}@${location}` : name
}
