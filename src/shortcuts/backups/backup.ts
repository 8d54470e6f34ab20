import { randomBytes } from 'node:crypto'
import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { cleanUpAfter } from '../shared/cleanup.ts'
import { download } from '../transfer/download.ts'
import type { TransferOptions, TransferTarget } from '../transfer/options.ts'
import { writeTarget } from '../transfer/target.ts'

// Milliseconds. Where this process dies in between, the server removes what is left after that.
const EXPIRY_MS = 24 * 60 * 60 * 1000
// Seconds that a backup in the making may take to end, and a server to answer, before it is left to expire.
const CLEANUP_TIMEOUT_SECONDS = 10

/** Makes a backup of what a path names, copies it to a target, and deletes it; returns the number of bytes. */
export async function exportBackup(
  path: Path,
  target: TransferTarget,
  form: Readonly<Record<string, unknown>>,
  { signal, onProgress }: TransferOptions,
): Promise<number> {
  const name = `lxdapi-${randomBytes(6).toString('hex')}`
  const backup = path.backups.path(name)
  const body = { name, expires_at: new Date(Date.now() + EXPIRY_MS), ...form }
  signal?.throwIfAborted()
  // Not with the signal: nobody would know then whether there is a backup to remove.
  const started = await path.backups.post(body)
  let bytes: number
  try {
    signal?.throwIfAborted()
    await started.wait({ signal })
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
    // As private as what is in it.
    return await writeTarget(target, { mode: 0o600 }, stream => download(result, stream, options))
  } finally {
    // A target that can't be opened has read nothing.
    result.body?.destroy()
  }
}

async function removeBackup(backup: Path, started: APIResult): Promise<void> {
  // How it ended does not matter: while it is being made, it can't be deleted.
  await cleanUpAfter(undefined, () => started.wait({ timeout: CLEANUP_TIMEOUT_SECONDS }))
  await backup.delete({ timeout: CLEANUP_TIMEOUT_SECONDS }).wait({ timeout: CLEANUP_TIMEOUT_SECONDS })
}
