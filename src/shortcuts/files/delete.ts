import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import { pathsIn } from '../shared/plain-names.ts'
import { type ApiRoot, deleteIfPresent, readItem, versionOf } from '../shared/resource.ts'
import { isRefusal } from '../shared/retry.ts'
import { filesOf, readStat, statIfPresent } from './stat.ts'

/** How {@link fileDelete} deletes. */
export interface FileDeleteOptions {
  /** With all that is in it, where it is a directory; otherwise only an empty one can be deleted. */
  readonly recursive?: boolean
}

const OPTIONS: ReadonlySet<string> = new Set<keyof FileDeleteOptions>(['recursive'])

/**
 * Makes sure that there is nothing at a path in an instance. A symlink is deleted itself, never what it links to.
 *
 * @returns whether there was something
 * @throws {APINotFoundException} there is no such instance
 */
export async function fileDelete(
  api: ApiRoot,
  instance: string,
  path: string,
  options: FileDeleteOptions = {},
): Promise<boolean> {
  checkNames(options, OPTIONS, 'fileDelete()')
  const files = filesOf(api, instance)
  if (await (options.recursive ? deleteTree(files, path) : deleteFile(files, path))) return true
  await readItem(versionOf(api).instances.path(instance))
  return false
}

/** Deletes what is at a path; `false` where there is nothing. */
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
  for (const inside of await listIn(files, path)) await deleteTree(files, inside)
  return deleteFile(files, path)
}

// Whoever put a link in the directory's place meanwhile would lead us elsewhere.
async function listIn(files: Path, path: string): Promise<string[]> {
  const result = await files.get({ query: { path } })
  if (readStat(result).type === 'directory') return pathsIn(result, path)
  result.body?.destroy()
  return []
}
