import type { Path } from '../../path.ts'
import { bareCertificate, checkCertificateFingerprint } from '../shared/certificate-text.ts'
import type { Fields } from '../shared/fields.ts'
import { deleteIfPresent } from '../shared/resource.ts'
import { createOnMembers, isUnfinished, MEMBER_KEYS } from './cluster-create.ts'
import type { Difference } from './difference.ts'
import { isInterrupted } from './interrupted.ts'
import { applyStatus, type StatusOptions } from './status.ts'

/** In what the resources of a kind differ from all others. */
export interface ResourceType {
  /** What POST calls the name that the URL ends with; `undefined` where it makes it from the rest. */
  readonly nameField: string | undefined
  /** Fields that only POST takes, and GET doesn't tell. */
  readonly creationOnly: ReadonlySet<string>
  /** Fields that are not written but brought about. */
  readonly applied: Readonly<Record<string, ApplyField>>
  readonly write: 'patch' | 'put'
  /** Is that no difference after all? */
  readonly isEquivalent: (difference: Difference, present: Fields) => boolean
  /** Is it there only by name, and still to be created? */
  readonly isUnfinished: (path: Path, present: Fields) => Promise<boolean>
  /** Can't it be created while it is there by name? */
  readonly mustBeDeletedFirst: boolean
  readonly create: (collection: Path, body: Fields, name: string) => Promise<unknown>
  readonly remove: (path: Path, present: Fields) => Promise<unknown>
}

type ApplyField = (path: Path, difference: Difference, options: StatusOptions) => Promise<unknown>

const DEFAULTS: ResourceType = {
  nameField: 'name',
  creationOnly: new Set(['source']),
  applied: {},
  write: 'patch',
  isEquivalent: () => false,
  isUnfinished: async () => false,
  mustBeDeletedFirst: false,
  create: (collection, body) => collection.post(body).wait(),
  remove: path => path.delete().wait(),
}

// Kinds whose calls have another form, by what their URLs look like below /1.0.
const RESOURCE_TYPES: readonly (readonly [RegExp, Partial<ResourceType>])[] = [
  // The status is a resource of its own, and what runs can't be deleted.
  [
    /^instances\/[^/]+$/,
    {
      creationOnly: new Set(['source', 'start', 'stateful', 'instance_type']),
      applied: { status: (path, { from, to }, options) => applyStatus(path, from, to, options) },
      isUnfinished: isInterrupted,
      mustBeDeletedFirst: true,
      remove: removeInstance,
    },
  ],
  // A PATCH that says nothing of an alias's target deadlocks: LXD 5.0.2 answers it after 20 s.
  [/^images\/aliases\/[^/]+$/, { write: 'put' }],
  // Their PATCH replaces the whole config, and for records also the entries.
  [/^projects\/[^/]+$|^network-zones\/[^/]+\/records\/[^/]+$/, { write: 'put' }],
  // They are named by their address.
  [/^networks\/[^/]+\/(forwards|load-balancers)\/[^/]+$/, { nameField: 'listen_address' }],
  // In a cluster each member has to be told first. `auto` is stored as the address that was chosen.
  [
    /^networks\/[^/]+$/,
    {
      isUnfinished: async (_path, present) => isUnfinished(present),
      isEquivalent: (difference, present) =>
        isChosenAddress(difference) || isMemberKey(MEMBER_KEYS.networks, difference, present),
      create: (collection, body) => createOnMembers(collection, body, MEMBER_KEYS.networks),
    },
  ],
  [
    /^storage-pools\/[^/]+$/,
    {
      isUnfinished: async (_path, present) => isUnfinished(present),
      isEquivalent: (difference, present) => isMemberKey(MEMBER_KEYS.pools, difference, present),
      create: (collection, body) => createOnMembers(collection, body, MEMBER_KEYS.pools),
    },
  ],
  // They are named by their fingerprint, and POST takes the text between the lines of dashes only.
  [
    /^certificates\/[^/]+$/,
    {
      nameField: undefined,
      creationOnly: new Set(['password', 'trust_token', 'token']),
      isEquivalent: ({ path, from, to }) =>
        path[0] === 'certificate' && bareCertificate(from) === bareCertificate(to),
      create: (collection, body, name) => {
        checkCertificateFingerprint(body.certificate, name)
        return collection.post({ ...body, certificate: bareCertificate(body.certificate) }).wait()
      },
    },
  ],
  // One that has members can't be deleted; and PATCH compares If-Match with another ETag than GET tells (LXD 5.0.2).
  [/^cluster\/groups\/[^/]+$/, { write: 'put', remove: removeGroup }],
]

/** How to deal with what a path names. */
export function resourceTypeOf(path: Path): ResourceType {
  const url = String(path).replace(/^\/1\.0\//, '')
  const special = RESOURCE_TYPES.find(([urls]) => urls.test(url))?.[1]
  return { ...DEFAULTS, ...special }
}

function isChosenAddress({ from, to }: Difference): boolean {
  return to === 'auto' && typeof from === 'string' && from !== '' && from !== 'none'
}

/** A cluster tells it only of a member that is asked: `path.with({ query: { target: 'n1' } })`. */
function isMemberKey(keys: ReadonlySet<string>, { path, from }: Difference, present: Fields): boolean {
  const [field, key = ''] = path
  return field === 'config' && from === undefined && keys.has(key) && isClustered(present)
}

function isClustered({ locations }: Fields): boolean {
  return Array.isArray(locations) && !locations.includes('none')
}

async function removeInstance(path: Path, { status, ephemeral }: Fields): Promise<void> {
  await applyStatus(path, status, 'Stopped', { force: true })
  // An ephemeral one is gone once it has stopped.
  if (ephemeral) await deleteIfPresent(path)
  else await path.delete().wait()
}

async function removeGroup(path: Path, present: Fields): Promise<void> {
  await path.put({ ...present, members: [] }).wait()
  await path.delete().wait()
}
