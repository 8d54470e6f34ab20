import { posix } from 'node:path'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import { CHANGE_OPTIONS, type ChangeOptions, withLimitedPath } from '../shared/limits.ts'
import { readItem, splitPath } from '../shared/resource.ts'
import type { Outcome } from '../state/present.ts'
import type { FilesPath } from './files-path.ts'
import { checkPermissions, type FilePermissions, fileHeaders } from './headers.ts'
import { fileOutcome } from './outcome.ts'
import { filesAt, statIfPresent } from './stat.ts'

/** Options of {@link directoryPresent}: the permissions of new directories. */
export interface DirectoryPresentOptions extends FilePermissions, ChangeOptions {}

const OPTIONS: ReadonlySet<string> = new Set<keyof DirectoryPresentOptions>([
  ...CHANGE_OPTIONS,
  'mode',
  'uid',
  'gid',
])

/**
 * Makes sure that a directory and its parents exist in an instance or a volume. New ones get the given permissions, or
 * else mode 0755.
 *
 * @throws {APINotFoundException} there is no such instance or volume
 * @example
 * await directoryPresent(api.instances.web, '/srv/www/static', { uid: 33, gid: 33 })
 */
export async function directoryPresent(
  item: FilesPath,
  path: string,
  options: DirectoryPresentOptions = {},
): Promise<Outcome<undefined>> {
  checkNames(options, OPTIONS, 'directoryPresent()')
  checkPermissions(options)
  const { mode, uid, gid } = options
  return withLimitedPath(filesAt(item, 'directoryPresent()'), options, 'directoryPresent()', async files => {
    const isMissing = options.check
      ? (await missingAbove(files, posix.resolve('/', path))).length > 0
      : await makeDirectories(files, path, { mode, uid, gid })
    if (options.check && isMissing) await readItem(splitPath(files).parent)
    return fileOutcome(isMissing, path, { to: 'directory' })
  })
}

/** Creates the missing directories of a path; `false` if all exist. */
export async function makeDirectories(
  files: Path,
  path: string,
  permissions: FilePermissions,
): Promise<boolean> {
  const missing = await missingAbove(files, posix.resolve('/', path))
  // The servers' defaults differ: that of LXD 5.0 is 0750.
  for (const directory of missing)
    await makeDirectory(files, directory, { ...permissions, mode: permissions.mode ?? 0o755 })
  return missing.length > 0
}

/** Creates one directory; one that exists is left unchanged. */
export async function makeDirectory(files: Path, path: string, permissions: FilePermissions): Promise<void> {
  await files.post(undefined, { query: { path }, headers: fileHeaders('directory', permissions) })
}

async function missingAbove(files: Path, path: string): Promise<string[]> {
  if (path === '/' || (await statIfPresent(files, path))) return []
  return [...(await missingAbove(files, posix.dirname(path))), path]
}
