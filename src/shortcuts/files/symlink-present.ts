import { posix } from 'node:path'
import { APINotFoundException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import type { ApiRoot } from '../shared/resource.ts'
import { deleteFile } from './delete.ts'
import { fileHeaders } from './headers.ts'
import { filesOf, readStat, wrongType } from './stat.ts'
import { readLinkTarget } from './symlink-target.ts'

/**
 * Makes sure that a path in an instance is a symlink to a target, which need not exist; a file, or a link to
 * something else, in its place is replaced.
 *
 * The servers tell every target as absolute, so a relative link and an absolute one to the same place are the same.
 *
 * @returns whether anything had to be changed
 * @throws {APIException} there is a directory
 * @example
 * await symlinkPresent(api, 'web', '/etc/localtime', '/usr/share/zoneinfo/Europe/Berlin')
 */
export async function symlinkPresent(
  api: ApiRoot,
  instance: string,
  path: string,
  target: string,
): Promise<boolean> {
  const files = filesOf(api, instance)
  const found = await readIfThere(files, path)
  if (found) {
    const { type } = readStat(found)
    if (type === 'directory') throw wrongType(found, path, 'a symlink does not replace it')
    if (type === 'symlink' && (await readLinkTarget(found, path)) === absolute(path, target)) return false
    found.body?.destroy()
    await deleteFile(files, path)
  }
  await makeSymlink(files, path, target)
  return true
}

/** Makes a symlink where nothing is. */
export async function makeSymlink(files: Path, path: string, target: string): Promise<void> {
  await files.post(target, { query: { path }, headers: fileHeaders('symlink', {}) })
}

function absolute(path: string, target: string): string {
  return posix.resolve('/', posix.dirname(path), target)
}

async function readIfThere(files: Path, path: string): Promise<APIResult | false> {
  try {
    return await files.get({ query: { path } })
  } catch (error) {
    if (error instanceof APINotFoundException) return false
    throw error
  }
}
