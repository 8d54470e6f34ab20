import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { parseImageName } from '../image-source/image-name.ts'
import { bareCertificate, checkCertificateFingerprint } from '../shared/certificate-text.ts'
import type { Fields } from '../shared/fields.ts'
import { deleteIfPresent } from '../shared/resource.ts'
import { createOnMembers, isUnfinished, MEMBER_KEYS } from './cluster-create.ts'
import { createInstance, verifyInstance } from './create-instance.ts'
import type { Difference } from './difference.ts'
import { isInterrupted } from './interrupted.ts'
import { readOnceIdle, readWhileRunning } from './read-for-removal.ts'
import { applyStatus, type StatusOptions } from './status.ts'

/** How a resource type differs from the defaults. */
export interface ResourceType {
  /** The field of POST for the name in the URL; `undefined` if the server derives the name. */
  readonly nameField: string | undefined
  /** Fields that only POST takes, and GET doesn't return. */
  readonly creationOnly: ReadonlySet<string>
  /** Fields that are not written, but changed by calls of their own. */
  readonly applied: Readonly<Record<string, ApplyField>>
  readonly write: 'patch' | 'put'
  /** Whether two values are equivalent, though they differ. */
  readonly isEquivalent: (difference: Difference, present: Fields) => boolean
  /** Whether it exists by name only, and still has to be created. */
  readonly isUnfinished: (path: Path, present: Fields) => Promise<boolean>
  /** Whether the leftover must be deleted before re-creating it. */
  readonly mustBeDeletedFirst: boolean
  /** Rejects a description that can't be true of any resource, before anything is sent. */
  readonly check: (desired: Fields) => void
  /** Rejects what could not be created, without a change. */
  readonly verify: (collection: Path, body: Fields) => Promise<void>
  /** Reads what is to be removed; `false` if there is nothing to remove. */
  readonly readForRemoval: (path: Path) => Promise<APIResult | false>
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
  check: () => {},
  verify: async () => {},
  readForRemoval: readOnceIdle,
  create: (collection, body) => collection.post(body).wait(),
  remove: path => path.delete().wait(),
}

// Resource types with calls of another form, by the pattern of their URLs below /1.0.
const RESOURCE_TYPES: readonly (readonly [RegExp, Partial<ResourceType>])[] = [
  // The status is a resource of its own, and a running instance can't be deleted.
  [
    /^instances\/[^/]+$/,
    {
      creationOnly: new Set(['source', 'start', 'stateful', 'instance_type']),
      applied: { status: (path, { from, to }, options) => applyStatus(path, from, to, options) },
      isUnfinished: isInterrupted,
      mustBeDeletedFirst: true,
      check: checkSource,
      verify: verifyInstance,
      create: createInstance,
      remove: removeInstance,
    },
  ],
  // A PATCH without an alias's target deadlocks: LXD 5.0.2 answers it after 20 s.
  [/^images\/aliases\/[^/]+$/, { write: 'put' }],
  // Their PATCH replaces the whole config, and for records also the entries.
  [/^projects\/[^/]+$|^network-zones\/[^/]+\/records\/[^/]+$/, { write: 'put' }],
  // They are named by their address.
  [/^networks\/[^/]+\/(forwards|load-balancers)\/[^/]+$/, { nameField: 'listen_address' }],
  // In a cluster it is defined on each member first. `auto` is stored as the address that was chosen.
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
  // They are named by their fingerprint, and POST takes only the base64 of the PEM.
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
  [/^operations\/[^/]+$/, { readForRemoval: readWhileRunning }],
  // One that has members can't be deleted; and PATCH compares If-Match with another ETag than GET returns (LXD 5.0.2).
  [/^cluster\/groups\/[^/]+$/, { write: 'put', remove: removeGroup }],
]

/** The resource type of what a path names. */
export function resourceTypeOf(path: Path): ResourceType {
  const url = String(path).replace(/^\/1\.0\//, '')
  const special = RESOURCE_TYPES.find(([urls]) => urls.test(url))?.[1]
  return { ...DEFAULTS, ...special }
}

function checkSource({ source }: Fields): void {
  if (typeof source === 'string') parseImageName(source)
}

function isChosenAddress({ from, to }: Difference): boolean {
  return to === 'auto' && typeof from === 'string' && from !== '' && from !== 'none'
}

/** Whether a value is returned only with a target member: `path.with({ query: { target: 'n1' } })`. */
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
