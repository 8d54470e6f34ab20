import { randomBytes } from 'node:crypto'
import { FILE_TYPE } from '../../answer/form.ts'
import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { cleanUpAfter } from '../shared/cleanup.ts'
import { readExtensions } from '../shared/server-info.ts'
import { download } from '../transfer/download.ts'
import type { TransferOptions, TransferTarget } from '../transfer/options.ts'
import { writeTarget } from '../transfer/target.ts'

// If this process dies meanwhile, the server deletes the backup after that.
const EXPIRY_MS = 24 * 60 * 60 * 1000
// After that, a backup that is still being made, or whose deletion is not answered, is left to expire.
const CLEANUP_TIMEOUT_SECONDS = 10

const NO_BYTES = { bytes: 0, total: undefined } as const

/** How a backup is made: the fields of the request. */
type Form = Readonly<Record<string, unknown>>

/** Copies a backup of what a path names to a target, and leaves none on the server; resolves with the number of bytes. */
export async function exportBackup(
  path: Path,
  target: TransferTarget,
  form: Form,
  options: TransferOptions,
): Promise<number> {
  const extensions = await readExtensions(path, options.signal)
  const copy = extensions.has('direct_backup') ? streamBackup : copyStoredBackup
  return copy(path, target, form, options)
}

/** Copies a backup while the server makes it, which needs no space there; one that fails breaks the connection. */
async function streamBackup(
  path: Path,
  target: TransferTarget,
  form: Form,
  options: TransferOptions,
): Promise<number> {
  const { signal } = options
  const result = await path.backups.post(form, { headers: { accept: FILE_TYPE }, signal })
  return downloadBackup(result, target, options)
}

/** Makes a backup, copies it, and deletes it. */
async function copyStoredBackup(
  path: Path,
  target: TransferTarget,
  form: Form,
  { signal, onProgress }: TransferOptions,
): Promise<number> {
  const name = `lxdapi-${randomBytes(6).toString('hex')}`
  const backup = path.backups.path(name)
  const body = { name, expires_at: new Date(Date.now() + EXPIRY_MS), ...form }
  signal?.throwIfAborted()
  // Not with the signal: after an abort it would be unknown whether there is a backup to delete.
  const started = await path.backups.post(body)
  let bytes: number
  try {
    signal?.throwIfAborted()
    await started.wait({ signal, onProgress: onProgress && (server => onProgress({ ...NO_BYTES, server })) })
    bytes = await downloadBackup(await backup.path('export').get({ signal }), target, { signal, onProgress })
  } catch (error) {
    throw await cleanUpAfter(error, () => removeBackup(backup, started))
  }
  await backup.delete().wait()
  return bytes
}

async function downloadBackup(
  result: APIResult,
  target: TransferTarget,
  options: TransferOptions,
): Promise<number> {
  try {
    // The content is private.
    return await writeTarget(target, { mode: 0o600 }, stream => download(result, stream, options))
  } finally {
    // If the target can't be opened, the body has not been read.
    result.body?.destroy()
  }
}

async function removeBackup(backup: Path, started: APIResult): Promise<void> {
  // It can't be deleted while it is being made; how that ends does not matter.
  await cleanUpAfter(undefined, () => started.wait({ timeout: CLEANUP_TIMEOUT_SECONDS }))
  await backup.delete({ idleTimeout: CLEANUP_TIMEOUT_SECONDS }).wait({ timeout: CLEANUP_TIMEOUT_SECONDS })
}
