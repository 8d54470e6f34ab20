import { checkedPath } from '../../checked-path.ts'
import { ApiPath, type Path } from '../../path.ts'
import { redactText } from '../../redact/redact.ts'
import type {
  ImagesItem,
  InstancesItem,
  InstancesItemSnapshotsItem,
  RestNode,
  StoragePoolsItemBucketsItem,
  StoragePoolsItemVolumesItemItem,
  StoragePoolsItemVolumesItemItemSnapshotsItem,
} from '../../rest.ts'

/** Any path, whether the types know it or not. */
export type AnyPath = ApiPath | RestNode

/** The path of an instance: `api.instances.web`. */
export type InstancePath = Path | InstancesItem
/** The path of a snapshot of an instance: `api.instances.web.snapshots.clean`. */
export type InstanceSnapshotPath = Path | InstancesItemSnapshotsItem
/** The path of a custom storage volume: `api['storage-pools'].default.volumes.custom.data`. */
export type VolumePath = Path | StoragePoolsItemVolumesItemItem
/** The path of a snapshot of a custom storage volume. */
export type VolumeSnapshotPath = Path | StoragePoolsItemVolumesItemItemSnapshotsItem
/** The path of an image, by its fingerprint: `api.images[fingerprint]`. */
export type ImagePath = Path | ImagesItem
/** The path of a storage bucket: `api['storage-pools'].default.buckets.logs`. */
export type BucketPath = Path | StoragePoolsItemBucketsItem

const EXAMPLES = {
  instance: 'api.instances.web',
  'instance snapshot': 'api.instances.web.snapshots.clean',
  'list of instances': 'api.instances',
  volume: "api['storage-pools'].default.volumes.custom.data",
  'volume snapshot': "api['storage-pools'].default.volumes.custom.data.snapshots.clean",
  image: 'api.images[fingerprint]',
  'list of images': 'api.images',
  bucket: "api['storage-pools'].default.buckets.logs",
} as const

/** The resource types that functions can be limited to. */
export type ItemType = keyof typeof EXAMPLES

const VOLUME = 'storage-pools/[^/]+/volumes/custom/[^/]+'
const URLS: Readonly<Record<ItemType, RegExp>> = {
  instance: /^\/1\.0\/instances\/[^/]+$/,
  'instance snapshot': /^\/1\.0\/instances\/[^/]+\/snapshots\/[^/]+$/,
  'list of instances': /^\/1\.0\/instances$/,
  volume: new RegExp(String.raw`^/1\.0/${VOLUME}$`),
  'volume snapshot': new RegExp(String.raw`^/1\.0/${VOLUME}/snapshots/[^/]+$`),
  image: /^\/1\.0\/images\/(?!aliases$)[^/]+$/,
  'list of images': /^\/1\.0\/images$/,
  bucket: /^\/1\.0\/storage-pools\/[^/]+\/buckets\/[^/]+$/,
}

/**
 * The untyped path, with answers checked as by {@link checkedPath}.
 *
 * @throws {TypeError} it is not a path
 */
export function asPath(path: AnyPath): Path {
  const given: unknown = path
  if (!(given instanceof ApiPath))
    throw new TypeError(`Give a path of the API, not ${redactText(String(path))}`)
  return checkedPath(given)
}

/**
 * The resource type that a path names, of those that a function accepts.
 *
 * @throws {TypeError} it names something else
 */
export function itemTypeOf<Type extends ItemType>(path: AnyPath, types: readonly Type[], call: string): Type {
  const url = String(asPath(path))
  const type = types.find(one => URLS[one].test(url))
  if (type !== undefined) return type
  const wanted = types.map(one => `${withArticle(one)} (${EXAMPLES[one]})`).join(' or ')
  throw new TypeError(`${call}: give the path of ${wanted}, not ${redactText(url || '/')}`)
}

/**
 * The untyped path of an instance.
 *
 * @throws {TypeError} it names something else
 */
export function instanceAt(path: AnyPath, call: string): Path {
  itemTypeOf(path, ['instance'], call)
  return asPath(path)
}

function withArticle(type: ItemType): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
}
