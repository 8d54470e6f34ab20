import { posix } from 'node:path'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import { transfer } from '../sftp/transfer.ts'
import { CHANGE_OPTIONS, type ChangeOptions, withLimitedPath, withLimits } from '../shared/limits.ts'
import { readItem, splitPath } from '../shared/resource.ts'
import { type Outcome, outcomeOf } from '../state/present.ts'
import { type FilesPath, filesAt } from './files-path.ts'
import { checkPermissions, type FilePermissions, fileHeaders } from './headers.ts'
import { statIfPresent } from './http-stat.ts'
import { fileOutcome } from './outcome.ts'
import { type PushOptions, treeSource } from './push-options.ts'
import type { EqualizeOptions } from './sftp-equalize.ts'

/** Options of {@link directoryPresent}: the permissions of new directories. */
export interface DirectoryPresentOptions extends FilePermissions, ChangeOptions {}

/** Options of {@link directoryPresent} with a directory of this machine. */
export interface DirectoryEqualOptions extends Omit<PushOptions, 'by'>, EqualizeOptions {}

const OPTIONS: ReadonlySet<string> = new Set<keyof DirectoryPresentOptions>([
  ...CHANGE_OPTIONS,
  'mode',
  'uid',
  'gid',
])

const EQUAL_OPTIONS: ReadonlySet<string> = new Set<keyof DirectoryEqualOptions>([
  ...CHANGE_OPTIONS,
  'filter',
  'onProgress',
  'uid',
  'gid',
  'delete',
  'content',
])

/**
 * Makes sure that a directory and its parents exist in an instance or a volume. New ones get the given permissions, or
 * else mode 0755.
 *
 * With a directory of this machine, it makes the one in the instance equal to that, over SFTP: with modes, owners,
 * modification times and symlinks. Only files whose size or modification time differs are sent, each is there whole or
 * not at all, and the outcome lists what differed: `['css/main.css', 'size']`, or `['old.html']` for all of it. What the
 * `filter` leaves out is left alone on both sides; directories that the instance has symlinks for replace those.
 *
 * @throws {APINotFoundException} there is no such instance or volume
 * @example
 * await directoryPresent(api.instances.web, '/srv/www/static', { uid: 33, gid: 33 })
 * const { difference } = await directoryPresent(api.instances.web, '/srv/www', './dist', { delete: true, check: true })
 */
export function directoryPresent(
  item: FilesPath,
  path: string,
  options?: DirectoryPresentOptions,
): Promise<Outcome<undefined>>
export function directoryPresent(
  item: FilesPath,
  path: string,
  source: string,
  options?: DirectoryEqualOptions,
): Promise<Outcome<undefined>>
export async function directoryPresent(
  item: FilesPath,
  path: string,
  sourceOrOptions: string | DirectoryPresentOptions = {},
  options: DirectoryEqualOptions = {},
): Promise<Outcome<undefined>> {
  return typeof sourceOrOptions === 'string'
    ? equalDirectoryPresent(item, path, sourceOrOptions, options)
    : emptyDirectoryPresent(item, path, sourceOrOptions)
}

async function equalDirectoryPresent(
  item: FilesPath,
  path: string,
  source: string,
  options: DirectoryEqualOptions,
): Promise<Outcome<undefined>> {
  checkNames(options, EQUAL_OPTIONS, 'directoryPresent()')
  checkPermissions({ uid: options.uid, gid: options.gid })
  const files = filesAt(item, 'directoryPresent()')
  const remote = posix.resolve('/', path)
  return withLimits(files, options, 'directoryPresent()', async signal => {
    const tree = await treeSource(source, { ...options, signal })
    const difference = await transfer(files, {
      by: 'sftp',
      purpose: `directoryPresent() ${remote}`,
      signal,
      bySftp: async session =>
        (await import('./sftp-equalize.ts')).equalizeBySftp(session, remote, tree, options),
    })
    return outcomeOf({ seen: false, difference })
  })
}

async function emptyDirectoryPresent(
  item: FilesPath,
  path: string,
  options: DirectoryPresentOptions,
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
