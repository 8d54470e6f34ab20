import { checkNames } from '../../request/options.ts'
import type { ItemOf, SnapshotOf } from '../shared/item-of.ts'
import { asPath, type InstancePath, itemTypeOf, type VolumePath } from '../shared/item-path.ts'
import { CHANGE_OPTIONS, type ChangeOptions, withLimitedPath } from '../shared/limits.ts'
import { readIfPresent, readItem } from '../shared/resource.ts'
import { converge, type Step } from '../state/converge.ts'
import { type Outcome, outcomeOf, presentOrFail } from '../state/present.ts'

/** What a snapshot should be like. */
export interface SnapshotOptions extends ChangeOptions {
  /** When the server is to delete it. */
  readonly expires_at?: string | Date
  /** Whether to keep the state of what runs, of an instance; only a new snapshot can be given this. */
  readonly stateful?: boolean
}

/** How to go back to a snapshot. */
export interface RestoreOptions extends ChangeOptions {
  /** Whether to restore the state of what ran, too, of an instance. */
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
 * Makes an instance or a custom volume what it was when a snapshot was taken. It is always `changed`: no server tells
 * what has happened since.
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
  // A name that can't be one is refused before anything is sent.
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
