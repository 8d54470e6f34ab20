import { posix } from 'node:path'
import { keepFailures } from '../../common/ignore-errors.ts'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import { checkProtocol, type ProtocolOption, transfer } from '../sftp/transfer.ts'
import { cleanUpAfter } from '../shared/cleanup.ts'
import { withLimits } from '../shared/limits.ts'
import { isRefusal } from '../shared/retry.ts'
import { TRANSFER_OPTIONS, type TransferOptions, type TransferSource } from '../transfer/options.ts'
import { type OpenSource, openSource } from '../transfer/source.ts'
import { isFileNotFound } from '../transfer/target.ts'
import { upload } from '../transfer/upload.ts'
import { deleteFile } from './delete.ts'
import { makeDirectories } from './directory-present.ts'
import { type FilesPath, filesAt } from './files-path.ts'
import { checkPermissions, type FilePermissions, fileHeaders, hasOtherPermissions } from './headers.ts'
import { statIfPresent } from './http-stat.ts'
import { removePartialFile } from './partial.ts'

/** Options of {@link filePush}. */
export interface FilePushOptions extends FilePermissions, TransferOptions, ProtocolOption {
  /** Whether to append to the file, which must exist. */
  readonly append?: boolean
  /** Whether to create missing parent directories, with mode 0755. */
  readonly parents?: boolean
}

const OPTIONS: ReadonlySet<string> = new Set<keyof FilePushOptions>([
  ...TRANSFER_OPTIONS,
  'mode',
  'uid',
  'gid',
  'append',
  'parents',
  'by',
])
// In bytes. Of less, a session takes longer than it saves.
const MIN_SFTP_SIZE = 4 * 1024 * 1024

/**
 * Copies a file into an instance or a volume: from a path of this machine, bytes or a stream; text is `Buffer.from(text)`.
 *
 * What is known to have 4 MiB or more goes over SFTP where the server has it, which is faster: a new file is then there
 * whole or not at all. By default a new file gets the permission bits of the local one, and belongs to root, and a file
 * that exists keeps its permissions; with other permissions it is replaced.
 *
 * @returns the number of bytes sent
 * @throws {APINotFoundException} there is no such instance or volume, or no such directory
 * @throws {APITransferException} the transfer was interrupted; the incomplete file is deleted if the server is reachable
 * @example
 * await filePush(api.instances.web, '/etc/motd', Buffer.from('Hello\n'), { mode: 0o644 })
 * await filePush(api.instances.web, '/srv/big.iso', './big.iso', { parents: true, onProgress: console.log })
 */
export async function filePush(
  item: FilesPath,
  path: string,
  source: TransferSource,
  options: FilePushOptions = {},
): Promise<number> {
  checkNames(options, OPTIONS, 'filePush()')
  checkPermissions(options)
  checkProtocol(options.by, 'filePush()')
  if (options.append && options.by === 'sftp')
    throw new TypeError("filePush(): append goes over HTTP, not with by: 'sftp'")
  const files = filesAt(item, 'filePush()')
  const push = async (signal: AbortSignal | undefined): Promise<number> => {
    const opened = await openSourceOrHint(source)
    try {
      if (options.parents) await makeDirectories(files, posix.dirname(path), {})
      if (!options.append) await deleteIfPermissionsDiffer(files, path, options)
      const permissions = { mode: opened.mode, ...options, signal }
      if (!goesBySftp(opened, options)) return await sendFile(files, path, opened, permissions)
      return await transfer(files, {
        by: options.by,
        purpose: `filePush() ${path}`,
        signal,
        bySftp: async session => {
          const { pushFileBySftp } = await import('./sftp-file-push.ts')
          return pushFileBySftp(session, posix.resolve('/', path), opened, permissions)
        },
        byHttp: () => sendFile(files, path, opened, permissions),
      })
    } finally {
      opened.stream.destroy()
    }
  }
  return keepFailures([source], () => withLimits(files, options, 'filePush()', push))
}

// The protocol has no appending.
function goesBySftp({ size = 0 }: OpenSource, { append, by }: FilePushOptions): boolean {
  return !append && (by === 'sftp' || (by === undefined && size >= MIN_SFTP_SIZE))
}

// Callers may pass the text for the file instead of a path.
async function openSourceOrHint(source: TransferSource): Promise<OpenSource> {
  try {
    return await openSource(source)
  } catch (error) {
    if (typeof source !== 'string' || !isFileNotFound(error)) throw error
    const hint = 'text as the source is the path of a local file; to send text itself, give Buffer.from(text)'
    throw Object.assign(new Error(`filePush(): there is no such local file: ${hint}`, { cause: error }), {
      code: 'ENOENT',
    })
  }
}

/** Deletes a file that has other permissions: the servers set those of new files only. */
async function deleteIfPermissionsDiffer(
  files: Path,
  path: string,
  permissions: FilePermissions,
): Promise<void> {
  const { mode, uid, gid } = permissions
  if (mode === undefined && uid === undefined && gid === undefined) return
  const stat = await statIfPresent(files, path)
  if (stat?.type === 'file' && hasOtherPermissions(stat, permissions)) await deleteFile(files, path)
}

/** Sends a file, and deletes the incomplete file if that fails; resolves with the number of bytes. */
export async function sendFile(
  files: Path,
  path: string,
  source: OpenSource,
  { append = false, onProgress, signal, ...permissions }: Omit<FilePushOptions, 'parents'>,
): Promise<number> {
  const began = performance.now()
  const headers = { ...fileHeaders('file', permissions), 'X-LXD-write': append ? 'append' : 'overwrite' }
  try {
    const { bytes } = await upload(files, source, { headers, query: { path }, onProgress, signal })
    return bytes
  } catch (error) {
    // What was appended can't be distinguished from the content before.
    if (append || isRefusal(error)) throw error
    throw await cleanUpAfter(error, () => removePartialFile(files, path, began))
  }
}
