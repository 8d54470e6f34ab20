import { posix } from 'node:path'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import { cleanUpAfter } from '../shared/cleanup.ts'
import type { ApiRoot } from '../shared/resource.ts'
import { isRefusal } from '../shared/retry.ts'
import { TRANSFER_OPTIONS, type TransferOptions, type TransferSource } from '../transfer/options.ts'
import { type OpenSource, openSource } from '../transfer/source.ts'
import { upload } from '../transfer/upload.ts'
import { deleteFile } from './delete.ts'
import { makeDirectories } from './directory-present.ts'
import { checkPermissions, type FilePermissions, fileHeaders, hasOther } from './headers.ts'
import { removeHalfFile } from './partial.ts'
import { filesOf, statIfPresent } from './stat.ts'

/** How {@link filePush} writes. */
export interface FilePushOptions extends FilePermissions, TransferOptions {
  /** Add to the end of the file, which must exist. */
  readonly append?: boolean
  /** Make the directories above it that are not there, with mode 0755. */
  readonly parents?: boolean
}

const OPTIONS: ReadonlySet<string> = new Set<keyof FilePushOptions>([
  ...TRANSFER_OPTIONS,
  'mode',
  'uid',
  'gid',
  'append',
  'parents',
])

/**
 * Copies a file into an instance: from a path of this machine, bytes or a stream; text is `Buffer.from(text)`.
 *
 * A new file gets the permission bits of the one it comes from, and belongs to root, unless told otherwise. One that
 * exists keeps its permissions, unless told otherwise: then it is replaced.
 *
 * @throws {APINotFoundException} there is no such instance, or no such directory
 * @throws {APITransferException} it broke off on the way; what was half written is removed, if the server can be reached
 * @example
 * await filePush(api, 'web', '/etc/motd', Buffer.from('Hello\n'), { mode: 0o644 })
 * await filePush(api, 'web', '/srv/big.iso', './big.iso', { parents: true, onProgress: console.log })
 */
export async function filePush(
  api: ApiRoot,
  instance: string,
  path: string,
  source: TransferSource,
  options: FilePushOptions = {},
): Promise<void> {
  checkNames(options, OPTIONS, 'filePush()')
  checkPermissions(options)
  options.signal?.throwIfAborted()
  const files = filesOf(api, instance)
  const opened = await openSource(source)
  try {
    if (options.parents) await makeDirectories(files, posix.dirname(path), {})
    if (!options.append) await makeWay(files, path, options)
    await sendFile(files, path, opened, { mode: opened.mode, ...options })
  } finally {
    opened.stream.destroy()
  }
}

/** Removes a file with other permissions than asked for: the servers set those of new files only. */
export async function makeWay(files: Path, path: string, permissions: FilePermissions): Promise<void> {
  const { mode, uid, gid } = permissions
  if (mode === undefined && uid === undefined && gid === undefined) return
  const stat = await statIfPresent(files, path)
  if (stat?.type === 'file' && hasOther(stat, permissions)) await deleteFile(files, path)
}

/** Sends a file, and removes what is half there if that breaks off. */
export async function sendFile(
  files: Path,
  path: string,
  source: OpenSource,
  { append = false, onProgress, signal, ...permissions }: Omit<FilePushOptions, 'parents'>,
): Promise<void> {
  const began = performance.now()
  const headers = { ...fileHeaders('file', permissions), 'X-LXD-write': append ? 'append' : 'overwrite' }
  try {
    await upload(files, source, { headers, query: { path }, onProgress, signal })
  } catch (error) {
    // What was appended can't be told from what was there before.
    if (append || isRefusal(error)) throw error
    throw await cleanUpAfter(error, () => removeHalfFile(files, path, began))
  }
}
