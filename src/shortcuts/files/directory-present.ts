import { posix } from 'node:path'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { ApiRoot } from '../shared/resource.ts'
import { checkPermissions, type FilePermissions, fileHeaders } from './headers.ts'
import { filesOf, statIfPresent } from './stat.ts'

const OPTIONS: ReadonlySet<string> = new Set<keyof FilePermissions>(['mode', 'uid', 'gid'])

/**
 * Makes sure that there is a directory at a path in an instance, and all above it; `permissions` are those of new ones,
 * which have mode 0755 without.
 *
 * @returns whether any had to be made
 * @throws {APINotFoundException} there is no such instance
 * @example
 * await directoryPresent(api, 'web', '/srv/www/static', { uid: 33, gid: 33 })
 */
export async function directoryPresent(
  api: ApiRoot,
  instance: string,
  path: string,
  permissions: FilePermissions = {},
): Promise<boolean> {
  checkNames(permissions, OPTIONS, 'directoryPresent()')
  checkPermissions(permissions)
  return makeDirectories(filesOf(api, instance), path, permissions)
}

/** Makes the directories of a path that are not there; `false` where all are. */
export async function makeDirectories(
  files: Path,
  path: string,
  permissions: FilePermissions,
): Promise<boolean> {
  const missing = await missingAbove(files, posix.resolve('/', path))
  // The servers' own default differs: LXD 5.0 makes 0750 of it.
  for (const directory of missing) await makeDirectory(files, directory, { mode: 0o755, ...permissions })
  return missing.length > 0
}

/** Makes one directory; one that exists is left as it is. */
export async function makeDirectory(files: Path, path: string, permissions: FilePermissions): Promise<void> {
  await files.post(undefined, { query: { path }, headers: fileHeaders('directory', permissions) })
}

async function missingAbove(files: Path, path: string): Promise<string[]> {
  if (path === '/' || (await statIfPresent(files, path))) return []
  return [...(await missingAbove(files, posix.dirname(path))), path]
}
