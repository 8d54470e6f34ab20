import { posix } from 'node:path'
import { APINotFoundException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { APIResult } from '../../result.ts'
import { CHANGE_OPTIONS, type ChangeOptions, withLimitedPath } from '../shared/limits.ts'
import type { Outcome } from '../state/present.ts'
import { deleteFile } from './delete.ts'
import type { FilesPath } from './files-path.ts'
import { fileHeaders } from './headers.ts'
import { fileOutcome } from './outcome.ts'
import { filesAt, readStat, wrongType } from './stat.ts'
import { readLinkTarget } from './symlink-target.ts'

const OPTIONS: ReadonlySet<string> = new Set<keyof ChangeOptions>(CHANGE_OPTIONS)

/**
 * Makes sure that a path in an instance or a volume is a symlink to a target, which need not exist; a file, or a symlink
 * to another target, is replaced.
 *
 * The servers report every target as absolute, so a relative link and an absolute one to the same path are the same.
 *
 * @throws {APIException} the path is a directory
 * @example
 * await symlinkPresent(api.instances.web, '/etc/localtime', '/usr/share/zoneinfo/Europe/Berlin')
 */
export async function symlinkPresent(
  item: FilesPath,
  path: string,
  target: string,
  options: ChangeOptions = {},
): Promise<Outcome<undefined>> {
  checkNames(options, OPTIONS, 'symlinkPresent()')
  return withLimitedPath(filesAt(item, 'symlinkPresent()'), options, 'symlinkPresent()', async files => {
    const found = await readIfThere(files, path)
    const { type, from } = found ? await describe(found, path) : {}
    if (type === 'symlink' && from === resolveTarget(path, target)) return fileOutcome(false, path, {})
    if (!options.check) {
      if (found) await deleteFile(files, path)
      await makeSymlink(files, path, target)
    }
    return fileOutcome(true, path, { from, to: target })
  })
}

async function describe(found: APIResult, path: string): Promise<{ type: string; from: string }> {
  const { type } = readStat(found)
  if (type === 'directory') throw wrongType(found, path, 'a symlink does not replace it')
  if (type === 'symlink') return { type, from: await readLinkTarget(found, path) }
  found.body?.destroy()
  return { type, from: type }
}

/** Creates a symlink at a path that does not exist. */
export async function makeSymlink(files: Path, path: string, target: string): Promise<void> {
  await files.post(target, { query: { path }, headers: fileHeaders('symlink', {}) })
}

function resolveTarget(path: string, target: string): string {
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
