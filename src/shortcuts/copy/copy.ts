import type { Path } from '../../path.ts'
import type { Images } from '../../rest.ts'
import { copyImage } from '../images/copy.ts'
import type { ImageOptions } from '../images/options.ts'
import type { ItemOf, ListedItemOf } from '../shared/item-of.ts'
import {
  type AnyPath,
  asPath,
  type ImagePath,
  type InstancePath,
  type InstanceSnapshotPath,
  itemTypeOf,
  type VolumePath,
  type VolumeSnapshotPath,
} from '../shared/item-path.ts'
import { withLimits, withSignal } from '../shared/limits.ts'
import { readIfPresent } from '../shared/resource.ts'
import { converge, type Step } from '../state/converge.ts'
import { type Outcome, outcomeOf } from '../state/present.ts'
import { type CopyOptions, checkCopyOptions } from './options.ts'

// The resource types that can be copied, and those of the copies.
const TARGETS = {
  instance: 'instance',
  'instance snapshot': 'instance',
  volume: 'volume',
  'volume snapshot': 'volume',
} as const
const SOURCES = [...(Object.keys(TARGETS) as (keyof typeof TARGETS)[]), 'image'] as const

/**
 * Makes sure that there is a copy of an instance, of a custom volume or of a snapshot of either: on the same server, in
 * another project, pool or member of the cluster, or on another server, as the path of the target says. An existing copy
 * is not compared with the original, except with `refresh`.
 *
 * Between two servers, one has to be able to connect to the other over HTTPS. A running container is copied with its
 * files at that moment.
 *
 * An image is streamed through this process to the images of another server; neither has to reach the other. By default
 * the copy has the original's properties, and is public if that is.
 *
 * @throws {APINotFoundException} the original does not exist
 * @throws {APIException} also, before anything is sent, if these two servers can't do it
 * @throws {APITransferException} the transfer of an image was interrupted
 * @example
 * await copy(api.instances.web, api.with({ query: { project: 'test' } }).instances.web)
 * await copy(api.instances.web.snapshots.clean, api.instances['try-1'])
 * await copy(api.instances.web, other.instances.web, { onProgress: ({ percent }) => console.log(percent) })
 * await copy(api.images[fingerprint], other.images, { aliases: ['alpine'] })
 */
export function copy<Target extends InstancePath>(
  source: InstancePath | InstanceSnapshotPath,
  target: Target,
  options?: CopyOptions,
): Promise<Outcome<ItemOf<Target>>>
export function copy<Target extends VolumePath>(
  source: VolumePath | VolumeSnapshotPath,
  target: Target,
  options?: Omit<CopyOptions, 'devices' | 'profiles'>,
): Promise<Outcome<ItemOf<Target>>>
export function copy<Target extends Path | Images>(
  source: ImagePath,
  target: Target,
  options?: ImageOptions,
): Promise<Outcome<ListedItemOf<Target>>>
export async function copy(
  source: unknown,
  target: unknown,
  given: CopyOptions | ImageOptions = {},
): Promise<Outcome> {
  // Safe casts: both functions throw on anything that is not a path.
  const type = itemTypeOf(source as AnyPath, SOURCES, 'copy()')
  const [from, to] = [asPath(source as AnyPath), asPath(target as AnyPath)]
  if (type === 'image') {
    itemTypeOf(to, ['list of images'], 'copy()')
    return copyImage(from, to, given as ImageOptions) // Safe cast: it rejects all others.
  }
  const options = given as CopyOptions // Safe cast: others are rejected here.
  checkCopyOptions(options, 'copy()')
  const targetType = itemTypeOf(to, [TARGETS[type]], 'copy()')
  return withLimits(from, options, 'copy()', async signal => {
    const copyItem =
      targetType === 'instance'
        ? (await import('./instance.ts')).copyInstance
        : (await import('./volume.ts')).copyVolume
    return makeCopy(withSignal(from, signal), withSignal(to, signal), options, copyItem)
  })
}

type CopyItem = (source: Path, target: Path, options: CopyOptions, isThere: boolean) => Promise<unknown>

async function makeCopy(
  source: Path,
  target: Path,
  options: CopyOptions,
  copyItem: CopyItem,
): Promise<Outcome> {
  const step = (isThere: boolean): Step => ({
    difference: [{ path: isThere ? ['refresh'] : [], from: undefined, to: { source: String(source) } }],
    isLast: true,
    run: () => copyItem(source, target, options, isThere),
  })
  const goal = {
    path: target,
    read: () => readIfPresent(target),
    next: (found: unknown) => (found && !options.refresh ? undefined : step(Boolean(found))),
  }
  const { seen, difference } = await converge(goal, options.check)
  return outcomeOf({ seen, difference })
}
