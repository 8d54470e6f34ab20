import { keepFailures } from '../../common/ignore-errors.ts'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { Untyped } from '../../request/transaction.ts'
import type { ImageFiles } from '../images/files.ts'
import {
  asPath,
  type BucketPath,
  type ImagePath,
  type InstancePath,
  itemTypeOf,
  type VolumePath,
} from '../shared/item-path.ts'
import { withLimits } from '../shared/limits.ts'
import { TRANSFER_OPTIONS, type TransferOptions, type TransferTarget } from '../transfer/options.ts'
import { exportBackup } from './backup.ts'

/** Options of {@link exportTo}. */
export interface ExportOptions extends TransferOptions {
  /** Whether snapshots are exported too; they are unless this is `false`. */
  readonly snapshots?: boolean
  /** Whether to use the storage driver's own format, which only a pool of the same driver can import. */
  readonly optimized?: boolean
  /** `none`, `gzip`, `xz`, `zstd`, …; the server's default if not given. */
  readonly compression?: string
}

const OPTIONS: ReadonlySet<string> = new Set<keyof ExportOptions>([
  ...TRANSFER_OPTIONS,
  'snapshots',
  'optimized',
  'compression',
])
const IMAGE_OPTIONS: ReadonlySet<string> = new Set(TRANSFER_OPTIONS)

const TYPES = ['instance', 'volume', 'bucket', 'image'] as const
// The field of the request that excludes snapshots.
const ONLY = { instance: 'instance_only', volume: 'volume_only', bucket: undefined } as const

/**
 * Exports an instance, a custom volume, each with its snapshots, or on Incus a bucket, to a file that only this user may
 * read, or to a stream. The server makes a backup for it, which is deleted afterwards, or sent while it is made, where the
 * server can do that (API extension `direct_backup`). `onProgress` has no `total` while the backup is being made.
 *
 * Exports an image to a file, or a split one to two: the metadata to `target`, the root file system to `target` with
 * the suffix `.root`. They are verified by the fingerprint, and written atomically. A stream is for images in one file;
 * if the fingerprint does not match, it is destroyed before it ends.
 *
 * @returns the number of bytes; for an image the files, as {@link importFrom} takes them
 * @throws {APITransferException} the transfer was interrupted
 * @throws {APIException} what arrived has another fingerprint
 * @example
 * await exportTo(api.instances.web, './web.tar.gz', { onProgress: ({ bytes, total }) => console.log(bytes, total) })
 * const files = await exportTo(api.images[fingerprint], './alpine.tar.xz')
 */
export function exportTo(path: Path, target: TransferTarget, options?: ExportOptions): Promise<Untyped>
export function exportTo(
  path: InstancePath | VolumePath | BucketPath,
  target: TransferTarget,
  options?: ExportOptions,
): Promise<number>
export function exportTo(path: ImagePath, target: string, options?: TransferOptions): Promise<ImageFiles>
export function exportTo(path: ImagePath, target: TransferTarget, options?: TransferOptions): Promise<unknown>
export async function exportTo(
  path: InstancePath | VolumePath | BucketPath | ImagePath,
  target: TransferTarget,
  options: ExportOptions = {},
): Promise<unknown> {
  const type = itemTypeOf(path, TYPES, 'exportTo()')
  checkNames(options, type === 'image' ? IMAGE_OPTIONS : OPTIONS, 'exportTo()')
  const item = asPath(path)
  const { snapshots = true, optimized, compression, onProgress } = options
  const write = async (signal: AbortSignal | undefined): Promise<unknown> => {
    if (type === 'image') {
      const { exportImage } = await import('../images/export.ts')
      return exportImage(item, target, { onProgress, signal })
    }
    const field = ONLY[type]
    const only = field === undefined ? {} : { [field]: !snapshots }
    const form = { ...only, optimized_storage: optimized, compression_algorithm: compression }
    return exportBackup(item, target, form, { onProgress, signal })
  }
  return keepFailures([target], () => withLimits(item, options, 'exportTo()', write))
}
