import { checkNames } from '../../request/options.ts'
import type { ItemOf, SnapshotOf } from '../shared/item-of.ts'
import { asPath, type InstancePath, itemTypeOf, type VolumePath } from '../shared/item-path.ts'
import { CHANGE_OPTIONS, type ChangeOptions, withLimitedPath } from '../shared/limits.ts'
import { readIfPresent, readItem } from '../shared/resource.ts'
import { converge, type Step } from '../state/converge.ts'
import { type Outcome, outcomeOf, presentOrFail } from '../state/present.ts'

/** Options of {@link snapshot}. */
export interface SnapshotOptions extends ChangeOptions {
  /** When the server deletes the snapshot. */
  readonly expires_at?: string | Date
  /** Whether to save the running state of an instance; only for a new snapshot. */
  readonly stateful?: boolean
}

/** Options of {@link restore}. */
export interface RestoreOptions extends ChangeOptions {
  /** Whether to restore the running state of an instance, too. */
  readonly stateful?: boolean
}

const SNAPSHOT_OPTIONS: ReadonlySet<string> = new Set<keyof SnapshotOptions>([
  ...CHANGE_OPTIONS,
  'expires_at',
  'stateful',
])
const RESTORE_OPTIONS: ReadonlySet<string> = new Set<keyof RestoreOptions>([...CHANGE_OPTIONS, 'stateful'])

/**
 * Makes sure that an instance or a custom volume has a snapshot of that name.
 *
 * @example
 * await snapshot(api.instances.web, 'before-upgrade', { expires_at: new Date(Date.now() + 7 * 86_400_000) })
 */
export async function snapshot<P extends InstancePath | VolumePath>(
  path: P,
  name: string,
  options: SnapshotOptions = {},
): Promise<Outcome<SnapshotOf<P>>> {
  checkNames(options, SNAPSHOT_OPTIONS, 'snapshot()')
  itemTypeOf(path, ['instance', 'volume'], 'snapshot()')
  const { expires_at, stateful } = options
  const item = asPath(path).path('snapshots', name)
  return withLimitedPath(item, options, 'snapshot()', limited =>
    presentOrFail(limited, { expires_at, stateful }, options, readIfPresent),
  )
}

/**
 * Restores an instance or a custom volume from a snapshot. It is always `changed`: the servers don't report what has
 * changed since.
 *
 * @throws {APIException} there is no such instance or volume, or no such snapshot
 * @example
 * await restore(api.instances.web, 'before-upgrade')
 */
export async function restore<P extends InstancePath | VolumePath>(
  path: P,
  name: string,
  options: RestoreOptions = {},
): Promise<Outcome<ItemOf<P>>> {
  checkNames(options, RESTORE_OPTIONS, 'restore()')
  itemTypeOf(path, ['instance', 'volume'], 'restore()')
  // An invalid name is rejected before anything is sent.
  asPath(path).path('snapshots', name)
  return withLimitedPath(asPath(path), options, 'restore()', async item => {
    const next = (): Step => ({
      difference: [{ path: ['restore'], from: undefined, to: name }],
      isLast: true,
      run: () => item.put({ restore: name, stateful: options.stateful }).wait(),
    })
    return outcomeOf(await converge({ path: item, read: () => readItem(item), next }, options.check))
  })
}
