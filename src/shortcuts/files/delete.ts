import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import { CHANGE_OPTIONS, type ChangeOptions, withLimitedPath } from '../shared/limits.ts'
import { deleteIfPresent, readItem, splitPath } from '../shared/resource.ts'
import { isRefusal } from '../shared/retry.ts'
import type { Outcome } from '../state/present.ts'
import type { FilesPath } from './files-path.ts'
import { fileOutcome } from './outcome.ts'
import { pathsIn } from './plain-names.ts'
import { filesAt, readStat, statIfPresent } from './stat.ts'

/** Options of {@link fileDelete}. */
export interface FileDeleteOptions extends ChangeOptions {
  /** Whether to delete a directory with its content; otherwise only an empty one can be deleted. */
  readonly recursive?: boolean
}

const OPTIONS: ReadonlySet<string> = new Set<keyof FileDeleteOptions>([...CHANGE_OPTIONS, 'recursive'])

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
  return withLimitedPath(filesAt(item, 'fileDelete()'), options, 'fileDelete()', async files => {
    const isDeleted = await (options.check ? isThere(files, path) : remove(files, path, options))
    if (!isDeleted) await readItem(splitPath(files).parent)
    return fileOutcome(isDeleted, path, { from: path })
  })
}

async function isThere(files: Path, path: string): Promise<boolean> {
  return (await statIfPresent(files, path)) !== undefined
}

function remove(files: Path, path: string, { recursive }: FileDeleteOptions): Promise<boolean> {
  return recursive ? deleteTree(files, path) : deleteFile(files, path)
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
