import { objectIn, objectsIn, textIn, textsIn } from '../../answer/metadata.ts'
import type { Path } from '../../path.ts'
import { type Fields, fieldsOf } from '../shared/fields.ts'
import { readIfPresent } from '../shared/resource.ts'
import { backOff, isRefusal } from '../shared/retry.ts'
import { impossible } from '../shared/server-info.ts'

// About 3 s, with the delays of backOff().
const MAX_READS = 11

/** Config keys with a value for each member of a cluster. */
export const MEMBER_KEYS = {
  networks: new Set(['parent', 'bridge.external_interfaces', 'bgp.ipv4.nexthop', 'bgp.ipv6.nexthop']),
  pools: new Set([
    'source',
    'source.wipe',
    'size',
    'volatile.initial_source',
    'zfs.pool_name',
    'lvm.thinpool_name',
    'lvm.vg_name',
    'lvm.vg.force_reuse',
  ]),
} as const

/** Whether a cluster has it defined, but not created on all members. */
export function isUnfinished({ status, locations }: Fields): boolean {
  const isClustered = Array.isArray(locations) && !locations.includes('none')
  return isClustered && (status === 'Pending' || status === 'Errored')
}

/**
 * Creates a network or a storage pool: in a cluster it is defined on each member first, then created on all at once.
 *
 * Of several clients, the one that defines it on the last member continues, since the servers would let them all.
 */
export async function createOnMembers(
  collection: Path,
  body: Fields,
  keys: ReadonlySet<string>,
): Promise<unknown> {
  const members = body.type === 'ovn' ? [] : await listMembers(collection)
  if (members.length === 0) return collection.post(body).wait()
  const [memberConfig, commonConfig] = splitConfig(fieldsOf(body.config), keys)
  const definition = { ...body, description: undefined, config: memberConfig }
  const item = collection.path(String(body.name))
  const refusal = await defineWhereMissing(item, members, target =>
    collection.post(definition, { query: { target } }).wait(),
  )
  if (refusal !== undefined && !(await isAbandoned(item))) throw refusal
  return collection.post({ ...body, config: commonConfig }, { query: { target: undefined } }).wait()
}

/** The names of a cluster's members; empty without a cluster. */
async function listMembers(path: Path): Promise<readonly string[]> {
  const cluster = path.forUrl('/1.0/cluster')
  if (!objectIn(await cluster.get()).enabled) return []
  const listed = await cluster.members.get({ query: { recursion: 1 } })
  return objectsIn(listed).map((_, index) => textIn(listed, index, 'server_name'))
}

/** Resolves with a refusal if another client has defined it on the last member. */
async function defineWhereMissing(
  item: Path,
  members: readonly string[],
  define: (member: string) => Promise<unknown>,
): Promise<Error | undefined> {
  const found = await readIfPresent(item)
  const defined = found ? textsIn(found, 'locations') : []
  const missing = members.filter(member => !defined.includes(member))
  let refusal: Error | undefined = found ? impossible({ result: found }, 'It is already defined') : undefined
  for (const member of missing) refusal = await unlessDefined(define(member))
  return refusal
}

async function unlessDefined(definition: Promise<unknown>): Promise<Error | undefined> {
  try {
    await definition
    return undefined
  } catch (error) {
    if (isRefusal(error) && /already defined/i.test(error.error)) return error
    throw error
  }
}

/** Whether the client that defined it on the last member failed or stopped. During creation it is `Errored` too. */
async function isAbandoned(item: Path): Promise<boolean> {
  for (let reads = 1; reads <= MAX_READS; reads++) {
    const found = await readIfPresent(item)
    if (!found || !isUnfinished(found.metadata)) return false
    await backOff(reads)
  }
  return true
}

function splitConfig(config: Fields, keys: ReadonlySet<string>): readonly [Fields, Fields] {
  const [matching, others] = [true, false].map(isMatching =>
    Object.fromEntries(Object.entries(config).filter(([key]) => keys.has(key) === isMatching)),
  )
  return [matching ?? {}, others ?? {}]
}
