import { textIn } from '../../answer/metadata.ts'
import { pathIn } from '../../checked-path.ts'
import { keepFailures } from '../../common/ignore-errors.ts'
import { isTypeError } from '../../common/is-error.ts'
import { malformed } from '../../errors/malformed-answer.ts'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { Images, Instances } from '../../rest.ts'
import type { APIResult } from '../../result.ts'
import type { ImageFiles } from '../images/files.ts'
import { IMAGE_OPTIONS, type ImageOptions } from '../images/options.ts'
import { presentImage } from '../images/present.ts'
import type { ItemOf, ListedItemOf } from '../shared/item-of.ts'
import {
  type AnyPath,
  asPath,
  type BucketPath,
  type InstancePath,
  itemTypeOf,
  type VolumePath,
} from '../shared/item-path.ts'
import { withLimits } from '../shared/limits.ts'
import { nameOf, readItem, splitPath } from '../shared/resource.ts'
import { extensionsIn, impossible } from '../shared/server-info.ts'
import { type Outcome, outcomeOf } from '../state/present.ts'
import { TRANSFER_OPTIONS, type TransferOptions, type TransferSource } from '../transfer/options.ts'
import { openSource } from '../transfer/source.ts'
import { upload } from '../transfer/upload.ts'

/** Options of {@link importFrom}. */
export interface ImportOptions extends TransferOptions {
  /** The storage pool of an instance; by default the one it was exported from. */
  readonly pool?: string
  /** The type of the source of a volume: what {@link exportTo} wrote, by default, or an ISO image to boot from. */
  readonly type?: 'backup' | 'iso'
}

const TYPES = ['instance', 'list of instances', 'volume', 'bucket', 'list of images'] as const
const NAMES: Readonly<Record<(typeof TYPES)[number], ReadonlySet<string>>> = {
  instance: new Set<keyof ImportOptions>([...TRANSFER_OPTIONS, 'pool']),
  'list of instances': new Set<keyof ImportOptions>([...TRANSFER_OPTIONS, 'pool']),
  volume: new Set<keyof ImportOptions>([...TRANSFER_OPTIONS, 'type']),
  bucket: new Set<keyof ImportOptions>(TRANSFER_OPTIONS),
  'list of images': IMAGE_OPTIONS,
}

/**
 * Imports what {@link exportTo} wrote as what a path names: an instance, a custom volume (also from an ISO image), or on
 * Incus a bucket. With `api.instances`, an instance gets the name that it was exported with. An imported instance is
 * stopped. With `api.images`, makes sure that the server has the image in a file, or in two.
 *
 * @returns the imported resource as `result`
 * @throws {APIConflictException} the name is taken
 * @throws {APITransferException} the upload was interrupted; the server keeps nothing of it
 * @example
 * await importFrom(api.instances.web2, './web.tar.gz')
 * await importFrom(api['storage-pools'].default.volumes.custom.installer, './debian.iso', { type: 'iso' })
 * await importFrom(api.images, './alpine.tar.xz', { aliases: ['alpine'] })
 */
export function importFrom<P extends InstancePath | Instances>(
  path: P,
  source: TransferSource,
  options?: Omit<ImportOptions, 'type'>,
): Promise<Outcome<P extends Instances ? ListedItemOf<P> : ItemOf<P>>>
export function importFrom<P extends VolumePath | BucketPath>(
  path: P,
  source: TransferSource,
  options?: Omit<ImportOptions, 'pool'>,
): Promise<Outcome<ItemOf<P>>>
export function importFrom<P extends Path | Images>(
  path: P,
  source: ImageFiles,
  options?: ImageOptions,
): Promise<Outcome<ListedItemOf<P>>>
export async function importFrom(
  path: unknown,
  source: unknown,
  options: ImportOptions & ImageOptions = {},
): Promise<Outcome> {
  const given = asPath(path as AnyPath) // Safe cast: asPath() throws on anything that is not a path.
  const type = itemTypeOf(given, TYPES, 'importFrom()')
  checkNames(options, NAMES[type], 'importFrom()')
  // Safe casts: the overloads take these sources.
  if (type === 'list of images') return presentImage(given, source as ImageFiles, options, 'importFrom()')
  const send = (signal: AbortSignal | undefined): Promise<Outcome> =>
    importBackup(given, type === 'list of instances', source as TransferSource, { ...options, signal })
  return keepFailures([source], () => withLimits(given, options, 'importFrom()', send))
}

async function importBackup(
  path: Path,
  isList: boolean,
  source: TransferSource,
  { pool, type, onProgress, signal }: ImportOptions,
): Promise<Outcome> {
  if (type !== undefined) await checkSourceType(path, type)
  const headers = {
    'X-LXD-name': isList ? undefined : nameOf(path),
    'X-LXD-pool': pool,
    'X-LXD-type': type === 'iso' ? 'iso' : undefined,
  }
  const opened = await openSource(source)
  try {
    const collection = isList ? path : splitPath(path).parent
    const { result: started } = await upload(collection, opened, { headers, onProgress, signal })
    const imported = await started.wait({ signal })
    const seen = await readItem(isList ? path.path(nameIn(imported)) : path)
    return outcomeOf({ seen, difference: [{ path: [], from: undefined, to: {} }] })
  } finally {
    opened.stream.destroy()
  }
}

// The URL is such as `/1.0/instances/web?project=apart`.
function nameIn(imported: APIResult): string {
  const url = textIn(imported, 'resources', 'instances', 0)
  try {
    return splitPath(pathIn(imported, url)).name
  } catch (error) {
    if (!isTypeError(error)) throw error
    throw malformed(imported, `The answer names ${url}, which is no instance`)
  }
}

// A server that doesn't support ISO images takes one for a broken backup.
async function checkSourceType(path: Path, type: 'backup' | 'iso'): Promise<void> {
  if (type === 'backup') return
  if (type !== 'iso') throw new TypeError(`importFrom(): type must be 'backup' or 'iso', not ${String(type)}`)
  const result = await path.forUrl('/1.0').get()
  if (extensionsIn(result).has('custom_volume_iso')) return
  throw impossible({ result }, 'This server takes no ISO images: it has no API extension custom_volume_iso')
}
