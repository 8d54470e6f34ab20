import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import { type ApiRoot, versionOf } from '../shared/resource.ts'
import { extensionsIn, impossible } from '../shared/server-info.ts'
import {
  TRANSFER_OPTIONS,
  type TransferOptions,
  type TransferSource,
  type TransferTarget,
} from '../transfer/options.ts'
import { openSource } from '../transfer/source.ts'
import { upload } from '../transfer/upload.ts'
import { exportBackup } from './backup.ts'

/** What of a volume is exported, and how. */
export interface VolumeExportOptions extends TransferOptions {
  /** Without its snapshots. */
  readonly volumeOnly?: boolean
  /** In the storage driver's own form, which only a pool of the same driver can import. */
  readonly optimized?: boolean
  /** `none`, `gzip`, `xz`, `zstd`, …; the server's default unless given. */
  readonly compression?: string
}

/** How a volume is imported. */
export interface VolumeImportOptions extends TransferOptions {
  /** What the source is: what {@link volumeExport} wrote, unless given, or an ISO image to boot from. */
  readonly type?: 'backup' | 'iso'
}

const EXPORT_OPTIONS: ReadonlySet<string> = new Set<keyof VolumeExportOptions>([
  ...TRANSFER_OPTIONS,
  'volumeOnly',
  'optimized',
  'compression',
])
const IMPORT_OPTIONS: ReadonlySet<string> = new Set<keyof VolumeImportOptions>([...TRANSFER_OPTIONS, 'type'])

/**
 * Copies a custom storage volume, with its snapshots, to a file that only this user may read, or to a stream. The
 * server makes a backup for it, which is deleted afterwards.
 *
 * @returns the number of bytes
 * @throws {APITransferException} less arrived than the backup has
 * @example
 * await volumeExport(api, 'default', 'data', './data.tar.gz')
 */
export async function volumeExport(
  api: ApiRoot,
  pool: string,
  volume: string,
  target: TransferTarget,
  options: VolumeExportOptions = {},
): Promise<number> {
  checkNames(options, EXPORT_OPTIONS, 'volumeExport()')
  const { volumeOnly, optimized, compression } = options
  const form = { volume_only: volumeOnly, optimized_storage: optimized, compression_algorithm: compression }
  return exportBackup(customVolumes(api, pool).path(volume), target, form, options)
}

/**
 * Makes a custom storage volume of what {@link volumeExport} wrote, or of an ISO image.
 *
 * @throws {APIException} there is one of that name
 * @throws {APITransferException} the upload broke off; the server keeps nothing of it
 * @example
 * await volumeImport(api, 'default', 'data2', './data.tar.gz')
 * await volumeImport(api, 'default', 'installer', './debian.iso', { type: 'iso' })
 */
export async function volumeImport(
  api: ApiRoot,
  pool: string,
  volume: string,
  source: TransferSource,
  options: VolumeImportOptions = {},
): Promise<void> {
  checkNames(options, IMPORT_OPTIONS, 'volumeImport()')
  const { type = 'backup', onProgress, signal } = options
  if (type === 'iso') await checkIso(api)
  const opened = await openSource(source)
  try {
    const headers = { 'X-LXD-name': volume, 'X-LXD-type': type === 'iso' ? 'iso' : undefined }
    const started = await upload(customVolumes(api, pool), opened, { headers, onProgress, signal })
    await started.wait({ signal })
  } finally {
    opened.stream.destroy()
  }
}

function customVolumes(api: ApiRoot, pool: string): Path {
  return versionOf(api).path('storage-pools', pool, 'volumes', 'custom')
}

// A server that doesn't know ISO images takes one for a backup that is broken.
async function checkIso(api: ApiRoot): Promise<void> {
  const result = await versionOf(api).get()
  if (extensionsIn(result).has('custom_volume_iso')) return
  throw impossible({ result }, 'This server takes no ISO images: it has no API extension custom_volume_iso')
}
