import { textIn } from '../../answer/metadata.ts'
import { pathIn } from '../../checked-path.ts'
import { malformed } from '../../errors/malformed-answer.ts'
import { checkNames } from '../../request/options.ts'
import type { APIResult } from '../../result.ts'
import { type ApiRoot, splitPath, versionOf } from '../shared/resource.ts'
import {
  TRANSFER_OPTIONS,
  type TransferOptions,
  type TransferSource,
  type TransferTarget,
} from '../transfer/options.ts'
import { openSource } from '../transfer/source.ts'
import { upload } from '../transfer/upload.ts'
import { exportBackup } from './backup.ts'

/** What of an instance is exported, and how. */
export interface InstanceExportOptions extends TransferOptions {
  /** Without its snapshots. */
  readonly instanceOnly?: boolean
  /** In the storage driver's own form, which only a pool of the same driver can import. */
  readonly optimized?: boolean
  /** `none`, `gzip`, `xz`, `zstd`, …; the server's default unless given. */
  readonly compression?: string
}

/** How an instance is imported. */
export interface InstanceImportOptions extends TransferOptions {
  /** Its name; the one that it was exported with unless given. */
  readonly name?: string
  /** The storage pool; the one that it was exported from unless given. */
  readonly pool?: string
}

const EXPORT_OPTIONS: ReadonlySet<string> = new Set<keyof InstanceExportOptions>([
  ...TRANSFER_OPTIONS,
  'instanceOnly',
  'optimized',
  'compression',
])
const IMPORT_OPTIONS: ReadonlySet<string> = new Set<keyof InstanceImportOptions>([
  ...TRANSFER_OPTIONS,
  'name',
  'pool',
])

/**
 * Copies an instance, with its snapshots, to a file that only this user may read, or to a stream. The server makes a
 * backup for it, which is deleted afterwards.
 *
 * @returns the number of bytes
 * @throws {APITransferException} less arrived than the backup has
 * @example
 * await instanceExport(api, 'web', './web.tar.gz', { onProgress: ({ bytes, total }) => console.log(bytes, total) })
 */
export async function instanceExport(
  api: ApiRoot,
  instance: string,
  target: TransferTarget,
  options: InstanceExportOptions = {},
): Promise<number> {
  checkNames(options, EXPORT_OPTIONS, 'instanceExport()')
  const { instanceOnly, optimized, compression } = options
  const form = {
    instance_only: instanceOnly,
    optimized_storage: optimized,
    compression_algorithm: compression,
  }
  return exportBackup(versionOf(api).instances.path(instance), target, form, options)
}

/**
 * Makes an instance of what {@link instanceExport} wrote. It is stopped, as it always is after an import.
 *
 * @returns its name
 * @throws {APIException} there is one of that name
 * @throws {APITransferException} the upload broke off; the server keeps nothing of it
 * @example
 * const name = await instanceImport(api, './web.tar.gz', { name: 'web2' })
 */
export async function instanceImport(
  api: ApiRoot,
  source: TransferSource,
  options: InstanceImportOptions = {},
): Promise<string> {
  checkNames(options, IMPORT_OPTIONS, 'instanceImport()')
  const { name, pool, onProgress, signal } = options
  const opened = await openSource(source)
  try {
    const headers = { 'X-LXD-name': name, 'X-LXD-pool': pool }
    const started = await upload(versionOf(api).instances, opened, { headers, onProgress, signal })
    const imported = await started.wait({ signal })
    return name ?? nameIn(imported)
  } finally {
    opened.stream.destroy()
  }
}

// Such as `/1.0/instances/web?project=apart`.
function nameIn(imported: APIResult): string {
  const url = textIn(imported, 'resources', 'instances', 0)
  try {
    return splitPath(pathIn(imported, url)).name
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw malformed(imported, `The answer names ${url}, which is no instance`)
  }
}
