import type { Path } from '../path.ts'
import { type Fields, fieldsOf } from './fields.ts'
import { isRefusal } from './refusal.ts'

/** Config keys that each member of a cluster has its own value of. */
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

/** Has a cluster heard of it, and not created it yet, or not everywhere? */
export function isUnfinished({ status, locations }: Fields): boolean {
  const isClustered = Array.isArray(locations) && !locations.includes('none')
  return isClustered && (status === 'Pending' || status === 'Errored')
}

/** Creates a network or a storage pool: in a cluster on each member by name first, then on all at once. */
export async function createOnMembers(
  collection: Path,
  body: Fields,
  keys: ReadonlySet<string>,
): Promise<unknown> {
  const members = body.type === 'ovn' ? [] : await listMembers(collection)
  if (members.length === 0) return collection.post(body).wait()
  const [ofMember, ofAll] = splitConfig(fieldsOf(body.config), keys)
  for (const target of members)
    await define(collection, { ...body, description: undefined, config: ofMember }, target)
  return collection.post({ ...body, config: ofAll }, { query: { target: undefined } }).wait()
}

/** The names of a cluster's members; none where the server is alone. */
async function listMembers(path: Path): Promise<readonly string[]> {
  const cluster = path.forUrl('/1.0/cluster')
  if (!(await cluster.get()).metadata.enabled) return []
  const { metadata } = await cluster.members.get({ query: { recursion: 1 } })
  return metadata.map((member: { server_name: string }) => member.server_name)
}

async function define(collection: Path, body: Fields, target: string): Promise<void> {
  try {
    await collection.post(body, { query: { target } }).wait()
  } catch (error) {
    if (!isRefusal(error) || !/already defined/i.test(error.error)) throw error
  }
}

function splitConfig(config: Fields, keys: ReadonlySet<string>): readonly [Fields, Fields] {
  const [mine, others] = [true, false].map(isMine =>
    Object.fromEntries(Object.entries(config).filter(([key]) => keys.has(key) === isMine)),
  )
  return [mine ?? {}, others ?? {}]
}
