import { posix } from 'node:path'
import { APIException } from '../../errors/exceptions.ts'
import { hasCode, isMissing } from '../sftp/is-missing.ts'
import { listDirectory } from '../sftp/list-directory.ts'
import type { DirectoryEntry, SftpOperations } from '../sftp/operations.ts'
import type { FileStat } from './file-stat.ts'

/** What is in a directory, by name. */
export type Listing = ReadonlyMap<string, DirectoryEntry>

/** The stat of a path over SFTP, of a symlink itself; `undefined` if it does not exist. */
export async function statIfThere(operations: SftpOperations, path: string): Promise<FileStat | undefined> {
  try {
    return await operations.lstat(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Creates the missing directories above a path, with mode 0755. */
export async function makeParents(operations: SftpOperations, path: string): Promise<void> {
  const parent = posix.dirname(path)
  if (parent === path || (await statIfThere(operations, parent))) return
  await makeParents(operations, parent)
  try {
    await operations.makeDirectory(parent, 0o755)
  } catch (error) {
    // Somebody else made it meanwhile.
    if (!hasCode(error, 'EEXIST')) throw error
  }
}

/**
 * What is in the place of a directory that is to be copied there.
 *
 * The place itself may be a symlink to a directory. One within it is only followed if it belongs to root, as `/lib` does
 * in many systems: other users of the instance must not be able to divert what root copies.
 *
 * @throws {APIException} it is anything else
 */
export async function listTarget(
  operations: SftpOperations,
  path: string,
  existing: FileStat,
  isRoot: boolean,
): Promise<Listing> {
  const isFollowed = existing.type === 'symlink' && (isRoot || existing.uid === 0)
  const { type } = isFollowed ? await operations.stat(path) : existing
  if (type !== 'directory') throw refused(operations, `${path} is a ${type}: a directory does not replace it`)
  return listNames(operations, path)
}

/** What is in a directory, by name. */
export async function listNames(operations: SftpOperations, path: string): Promise<Listing> {
  const entries = await listDirectory(operations, path)
  return new Map(entries.map(entry => [entry.name, entry]))
}

/** The exception for what this library does not do with what a server has. */
export function refused({ connection }: SftpOperations, error: string): APIException {
  const { answer } = connection
  return new APIException({ request: answer.request, result: answer, error })
}
