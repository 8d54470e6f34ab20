import { realpath, rename, rm } from 'node:fs/promises'
import { posix } from 'node:path'
import { checkNames } from '../../request/options.ts'
import { checkProtocol, transfer } from '../sftp/transfer.ts'
import { withLimits } from '../shared/limits.ts'
import { isFileNotFound, temporaryPathFor } from '../transfer/target.ts'
import { type CopiedTree, DIRECTORY_OPTIONS, type DirectoryOptions } from './directory-options.ts'
import { type FilesPath, filesAt } from './files-path.ts'
import type { TreeTarget } from './local-tree.ts'

/** Options of {@link directoryPull}. */
export interface DirectoryPullOptions extends DirectoryOptions {
  /** Whether copies get the owners that they have in the instance, which only root may set; `true` by default for root. */
  readonly owners?: boolean
}

const OPTIONS: ReadonlySet<string> = new Set<keyof DirectoryPullOptions>([...DIRECTORY_OPTIONS, 'owners'])

/**
 * Copies a directory out of an instance, with modes, owners and symlinks; `target` becomes the copy.
 *
 * A new target is created atomically: complete or not at all. In one that exists, files of the same names are replaced,
 * each atomically, and the rest stays; directories that exist keep their permissions. Nothing is ever written outside
 * of it, whatever the server answers.
 *
 * Over SFTP, which is used where the server has it, modification times and the targets of symlinks are kept, and pipes,
 * sockets and devices are left out. Over HTTP the servers report every symlink's target as absolute: one that points into
 * the directory is made relative.
 *
 * @throws {APINotFoundException} there is no such directory, or no such instance
 * @throws {APITransferException} the transfer of a file was interrupted
 * @example
 * await directoryPull(api.instances.web, '/etc', './backup/etc', { filter: path => !path.startsWith('ssl/private') })
 */
export async function directoryPull(
  item: FilesPath,
  path: string,
  target: string,
  options: DirectoryPullOptions = {},
): Promise<CopiedTree> {
  checkNames(options, OPTIONS, 'directoryPull()')
  checkProtocol(options.by, 'directoryPull()')
  const files = filesAt(item, 'directoryPull()')
  const remote = posix.resolve('/', path)
  return withLimits(files, options, 'directoryPull()', signal => {
    const { filter = () => true, owners = process.getuid?.() === 0, onProgress, by } = options
    const pull = (tree: TreeTarget): Promise<CopiedTree> =>
      transfer(files, {
        by,
        purpose: `directoryPull() ${remote}`,
        signal,
        bySftp: async session => (await import('./sftp-pull.ts')).pullBySftp(session, remote, tree),
        byHttp: async () => (await import('./http-pull.ts')).pullByHttp(files, remote, tree),
      })
    return fill(target, (path, isNew) => pull({ path, isNew, filter, hasOwners: owners, onProgress, signal }))
  })
}

/** Fills a directory: one that exists in its place, a new one beside it first. */
async function fill<T>(target: string, write: (path: string, isNew: boolean) => Promise<T>): Promise<T> {
  const existing = await realPathIfPresent(target)
  if (existing !== undefined) return write(existing, false)
  const part = temporaryPathFor(target)
  try {
    const result = await write(part, true)
    await rename(part, target)
    return result
  } catch (error) {
    await rm(part, { recursive: true, force: true })
    throw error
  }
}

async function realPathIfPresent(target: string): Promise<string | undefined> {
  try {
    return await realpath(target)
  } catch (error) {
    if (isFileNotFound(error)) return undefined
    throw error
  }
}
