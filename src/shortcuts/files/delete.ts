import { posix } from 'node:path'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { SftpOperations } from '../sftp/operations.ts'
import { removeFile, removeTree } from '../sftp/remove-tree.ts'
import { checkProtocol, type ProtocolOption, transfer } from '../sftp/transfer.ts'
import { CHANGE_OPTIONS, type ChangeOptions, withLimits, withSignal } from '../shared/limits.ts'
import { deleteIfPresent, readItem, splitPath } from '../shared/resource.ts'
import { isRefusal } from '../shared/retry.ts'
import type { Outcome } from '../state/present.ts'
import { type FilesPath, filesAt } from './files-path.ts'
import { readStat, statIfPresent } from './http-stat.ts'
import { fileOutcome } from './outcome.ts'
import { pathsIn } from './plain-names.ts'
import { statIfThere } from './remote-directory.ts'

/** Options of {@link fileDelete}. */
export interface FileDeleteOptions extends ChangeOptions, ProtocolOption {
  /** Whether to delete a directory with its content; otherwise only an empty one can be deleted. */
  readonly recursive?: boolean
}

const OPTIONS: ReadonlySet<string> = new Set<keyof FileDeleteOptions>([...CHANGE_OPTIONS, 'recursive', 'by'])

/**
 * Makes sure that a path in an instance or a volume does not exist. A symlink is deleted itself, never its target.
 *
 * @throws {APINotFoundException} there is no such instance or volume
 * @example
 * await fileDelete(api.instances.web, '/srv/old', { recursive: true })
 */
export async function fileDelete(
  item: FilesPath,
  path: string,
  options: FileDeleteOptions = {},
): Promise<Outcome<undefined>> {
  checkNames(options, OPTIONS, 'fileDelete()')
  checkProtocol(options.by, 'fileDelete()')
  const files = filesAt(item, 'fileDelete()')
  return withLimits(files, options, 'fileDelete()', async signal => {
    const limited = withSignal(files, signal)
    const isDeleted = await (options.check
      ? isThere(limited, path)
      : remove(files, path, { ...options, signal }))
    if (!isDeleted) await readItem(splitPath(limited).parent)
    return fileOutcome(isDeleted, path, { from: path })
  })
}

async function isThere(files: Path, path: string): Promise<boolean> {
  return (await statIfPresent(files, path)) !== undefined
}

// For one file HTTP takes a single request.
function remove(files: Path, path: string, options: FileDeleteOptions): Promise<boolean> {
  const { by, recursive = false, signal } = options
  const limited = withSignal(files, signal)
  return transfer(files, {
    by: by ?? (recursive ? undefined : 'http'),
    purpose: `fileDelete() ${path}`,
    signal,
    bySftp: ({ operations }) => removeBySftp(operations, posix.resolve('/', path), recursive),
    byHttp: () => (recursive ? deleteTree(limited, path) : deleteFile(limited, path)),
  })
}

async function removeBySftp(operations: SftpOperations, path: string, recursive: boolean): Promise<boolean> {
  const stat = await statIfThere(operations, path)
  if (stat === undefined) return false
  if (stat.type !== 'directory') await removeFile(operations, path)
  else await (recursive ? removeTree(operations, path) : operations.removeDirectory(path))
  return true
}

/** Deletes a file, a symlink or an empty directory; `false` if it does not exist. */
export async function deleteFile(files: Path, path: string): Promise<boolean> {
  return deleteIfPresent(files.with({ query: { path } }))
}

async function deleteTree(files: Path, path: string): Promise<boolean> {
  try {
    return await deleteFile(files, path)
  } catch (error) {
    if (!isRefusal(error)) throw error
    const stat = await statIfPresent(files, path)
    if (stat?.type !== 'directory') throw error
  }
  for (const inside of await listDirectory(files, path)) await deleteTree(files, inside)
  return deleteFile(files, path)
}

// If the directory was replaced by a symlink meanwhile, the list would be of its target.
async function listDirectory(files: Path, path: string): Promise<string[]> {
  const result = await files.get({ query: { path } })
  if (readStat(result).type === 'directory') return pathsIn(result, path)
  result.body?.destroy()
  return []
}
