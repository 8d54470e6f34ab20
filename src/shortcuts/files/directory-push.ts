import { posix } from 'node:path'
import { checkNames } from '../../request/options.ts'
import { checkProtocol, transfer } from '../sftp/transfer.ts'
import { withLimits } from '../shared/limits.ts'
import { type CopiedTree, DIRECTORY_OPTIONS } from './directory-options.ts'
import { type FilesPath, filesAt } from './files-path.ts'
import { checkPermissions } from './headers.ts'
import { type PushOptions, treeSource } from './push-options.ts'

/** Options of {@link directoryPush}. */
export type DirectoryPushOptions = PushOptions

const OPTIONS: ReadonlySet<string> = new Set<keyof DirectoryPushOptions>([...DIRECTORY_OPTIONS, 'uid', 'gid'])

/**
 * Copies a directory of this machine into an instance, with modes, owners and symlinks, as the directory `path`.
 *
 * What exists under the same names is replaced, the rest stays. Directories that exist keep their permissions. Sockets,
 * pipes and devices are left out, since the servers accept none. Nothing outside of the directory is sent, even if its
 * content is replaced by symlinks meanwhile.
 *
 * Over SFTP, which is used where the server has it, modification times are kept too.
 *
 * @throws the first failure; what was copied before it stays, each file complete
 * @example
 * await directoryPush(api.instances.web, '/srv/www', './dist', { uid: 33, gid: 33 })
 */
export async function directoryPush(
  item: FilesPath,
  path: string,
  source: string,
  options: DirectoryPushOptions = {},
): Promise<CopiedTree> {
  checkNames(options, OPTIONS, 'directoryPush()')
  checkPermissions({ uid: options.uid, gid: options.gid })
  checkProtocol(options.by, 'directoryPush()')
  const files = filesAt(item, 'directoryPush()')
  const remote = posix.resolve('/', path)
  return withLimits(files, options, 'directoryPush()', async signal => {
    const tree = await treeSource(source, { ...options, signal })
    return transfer(files, {
      by: options.by,
      purpose: `directoryPush() ${remote}`,
      signal,
      bySftp: async session => (await import('./sftp-push.ts')).pushBySftp(session, remote, tree),
      byHttp: async () => (await import('./http-push.ts')).pushByHttp(files, remote, tree),
    })
  })
}
