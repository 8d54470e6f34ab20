import type { Stats } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import { withLimits } from '../shared/limits.ts'
import { walkTree } from '../shared/walk-tree.ts'
import { sourceOf } from '../transfer/source.ts'
import { deleteFile } from './delete.ts'
import {
  type CopiedTree,
  CopyCounter,
  DIRECTORY_OPTIONS,
  type DirectoryOptions,
} from './directory-options.ts'
import { makeDirectories, makeDirectory } from './directory-present.ts'
import type { FilesPath } from './files-path.ts'
import { checkPermissions, type FilePermissions } from './headers.ts'
import { OpenDirectory } from './open-directory.ts'
import { plainNamesIn } from './plain-names.ts'
import { deleteIfPermissionsDiffer, sendFile } from './push.ts'
import { filesAt, readStat, statIfPresent, wrongType } from './stat.ts'
import { makeSymlink } from './symlink-present.ts'

/** Options of {@link directoryPush}. */
export interface DirectoryPushOptions extends DirectoryOptions {
  /** The owner of everything new; that on this machine by default. */
  readonly uid?: number
  /** The group of everything new; that on this machine by default. */
  readonly gid?: number
}

/** A file, directory or symlink to copy. */
interface Entry {
  readonly directory: SharedDirectory
  /** The name in the directory; '' for the directory itself. */
  readonly name: string
  /** The path relative to the directory that is copied, such as `etc/hosts`. */
  readonly path: string
  readonly remote: string
  /** Whether the remote path may exist. */
  readonly mayExist: boolean
}

const OPTIONS: ReadonlySet<string> = new Set<keyof DirectoryPushOptions>([...DIRECTORY_OPTIONS, 'uid', 'gid'])

/**
 * Copies a directory of this machine into an instance, with modes, owners and symlinks, as the directory `path`.
 *
 * What exists under the same names is replaced, the rest stays. Directories that exist keep their permissions. Sockets,
 * pipes and devices are left out, since the servers accept none. Nothing outside of the directory is sent, even if its
 * content is replaced by symlinks meanwhile.
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
  const files = filesAt(item, 'directoryPush()')
  return withLimits(files, options, 'directoryPush()', signal =>
    pushTree(files, path, source, { ...options, signal }),
  )
}

async function pushTree(
  files: Path,
  path: string,
  source: string,
  options: DirectoryPushOptions,
): Promise<CopiedTree> {
  const total = options.onProgress && (await treeSize(source, options))
  const push = new Push(files, options, total)
  const remote = posix.resolve('/', path)
  try {
    const directory = await push.open(source)
    const isNew = await makeDirectories(files, posix.dirname(remote), {})
    const first = { directory, name: '', path: '', remote, mayExist: !isNew }
    await walkTree<Entry>(first, (entry, signal) => push.copy(entry, signal), options.signal)
  } finally {
    await push.close()
  }
  return push.counter.finish()
}

/** A directory that is open until all of its content is copied. */
interface SharedDirectory {
  readonly opened: OpenDirectory
  left: number
}

class Push {
  readonly counter: CopyCounter
  readonly #files: Path
  readonly #options: DirectoryPushOptions
  readonly #directories = new Set<SharedDirectory>()

  constructor(files: Path, options: DirectoryPushOptions, total: number | undefined) {
    this.counter = new CopyCounter(total, options.onProgress)
    this.#files = files
    this.#options = options
  }

  /** Opens the directory to copy. */
  async open(path: string): Promise<SharedDirectory> {
    return this.#share(await OpenDirectory.open(path))
  }

  /** Closes the directories that were not copied completely. */
  async close(): Promise<void> {
    await Promise.all([...this.#directories].map(({ opened }) => opened.close()))
  }

  /** Copies an entry; resolves with the content of a directory. */
  async copy(entry: Entry, signal: AbortSignal): Promise<readonly Entry[]> {
    const { directory, name } = entry
    const stats = await directory.opened.stat(name)
    let entries: readonly Entry[] = []
    if (stats.isDirectory()) entries = await this.#copyDirectory(entry, stats, signal)
    else if (stats.isSymbolicLink()) await this.#copySymlink(entry, signal)
    else if (stats.isFile()) await this.#copyFile(entry, stats, signal)
    if (name !== '') await this.#leave(directory)
    return entries
  }

  async #copyDirectory(entry: Entry, stats: Stats, signal: AbortSignal): Promise<Entry[]> {
    const { directory, name, path, remote, mayExist } = entry
    const opened = name === '' ? directory : this.#share(await directory.opened.openDirectory(name, stats))
    const files = this.#files.with({ signal })
    const present = mayExist ? await namesIn(files, remote) : undefined
    if (present === undefined) await makeDirectory(files, remote, this.#permissions(stats))
    this.counter.directories++
    const entries = (await opened.opened.list()).map(name => ({
      directory: opened,
      name,
      path: join(path, name),
      remote: posix.join(remote, name),
      mayExist: present?.has(name) ?? false,
    }))
    const wanted = entries.filter(entry => this.#options.filter?.(entry.path) ?? true)
    opened.left = wanted.length + 1
    await this.#leave(opened)
    return wanted
  }

  async #copyFile(entry: Entry, stats: Stats, signal: AbortSignal): Promise<void> {
    const { directory, name, remote, mayExist } = entry
    const permissions = this.#permissions(stats)
    if (mayExist) await deleteIfPermissionsDiffer(this.#files, remote, permissions)
    const source = await sourceOf(await directory.opened.openFile(name, stats))
    try {
      const onProgress = this.counter.forFile()
      await sendFile(this.#files, remote, source, { ...permissions, onProgress, signal })
    } finally {
      source.stream.destroy()
    }
    this.counter.files++
  }

  async #copySymlink({ directory, name, remote, mayExist }: Entry, signal: AbortSignal): Promise<void> {
    const files = this.#files.with({ signal })
    if (mayExist) await removeForLink(files, remote)
    await makeSymlink(files, remote, await directory.opened.readLink(name))
    this.counter.symlinks++
  }

  #share(opened: OpenDirectory): SharedDirectory {
    const directory = { opened, left: 0 }
    this.#directories.add(directory)
    return directory
  }

  async #leave(directory: SharedDirectory): Promise<void> {
    directory.left -= 1
    if (directory.left > 0) return
    this.#directories.delete(directory)
    await directory.opened.close()
  }

  #permissions({ mode, uid, gid }: Stats): FilePermissions {
    return { mode: mode & 0o777, uid: this.#options.uid ?? uid, gid: this.#options.gid ?? gid }
  }
}

// A directory is not deleted: creating the symlink then fails with the server's message.
async function removeForLink(files: Path, path: string): Promise<void> {
  const found = await statIfPresent(files, path)
  if (found && found.type !== 'directory') await deleteFile(files, path)
}

/** The names in a directory, or in the target of a symlink; `undefined` if it does not exist. */
async function namesIn(files: Path, path: string): Promise<ReadonlySet<string> | undefined> {
  if (!(await statIfPresent(files, path))) return undefined
  // With `/.`, a symlink is followed.
  const result = await files.get({ query: { path: `${path}/.` } })
  const { type } = readStat(result)
  if (type !== 'directory') throw wrongType(result, path, 'a directory does not replace it')
  return new Set(plainNamesIn(result))
}

async function treeSize(source: string, options: DirectoryPushOptions): Promise<number> {
  let size = 0
  const add = async (path: string): Promise<void> => {
    for await (const entry of await opendir(path)) {
      const local = join(path, entry.name)
      if (!isWanted(source, local, options)) continue
      if (entry.isDirectory()) await add(local)
      else if (entry.isFile()) size += (await lstat(local)).size
    }
  }
  await add(source)
  return size
}

function isWanted(source: string, local: string, { filter }: DirectoryPushOptions): boolean {
  return filter?.(local.slice(join(source, '/').length)) ?? true
}
