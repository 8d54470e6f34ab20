import type { Stats } from 'node:fs'
import { join, posix } from 'node:path'
import type { Path } from '../../path.ts'
import { walkTree } from '../shared/walk-tree.ts'
import { sourceOf } from '../transfer/source.ts'
import { deleteFile } from './delete.ts'
import { type CopiedTree, CopyCounter } from './directory-options.ts'
import { makeDirectories, makeDirectory } from './directory-present.ts'
import { type FilePermissions, hasOtherPermissions } from './headers.ts'
import { readStat, statIfPresent, wrongType } from './http-stat.ts'
import { plainNamesIn } from './plain-names.ts'
import { sendFile } from './push.ts'
import type { TreeSource } from './push-options.ts'
import { SharedDirectories, type SharedDirectory } from './shared-directories.ts'
import { makeSymlink } from './symlink-present.ts'

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

/** Copies a directory into an instance, a file after the other over HTTP, several at once. */
export async function pushByHttp(files: Path, remote: string, source: TreeSource): Promise<CopiedTree> {
  const push = new Push(files, source)
  const directories = new SharedDirectories()
  try {
    const directory = await directories.open(source.path)
    const isNew = await makeDirectories(files, posix.dirname(remote), {})
    const first = { directory, name: '', path: '', remote, mayExist: !isNew }
    await walkTree<Entry>(first, (entry, signal) => push.copy(entry, directories, signal), source.signal)
  } finally {
    await directories.close()
  }
  return push.counter.finish()
}

class Push {
  readonly counter: CopyCounter
  readonly #files: Path
  readonly #source: TreeSource

  constructor(files: Path, source: TreeSource) {
    this.counter = new CopyCounter(source.total, source.onProgress)
    this.#files = files
    this.#source = source
  }

  /** Copies an entry; resolves with the content of a directory. */
  async copy(entry: Entry, directories: SharedDirectories, signal: AbortSignal): Promise<readonly Entry[]> {
    const { directory, name } = entry
    const stats = await directory.opened.stat(name)
    let entries: readonly Entry[] = []
    if (stats.isDirectory()) entries = await this.#copyDirectory(entry, stats, directories, signal)
    else if (stats.isSymbolicLink()) await this.#copySymlink(entry, signal)
    else if (stats.isFile()) await this.#copyFile(entry, stats, signal)
    if (name !== '') await directory.leave()
    return entries
  }

  async #copyDirectory(
    entry: Entry,
    stats: Stats,
    directories: SharedDirectories,
    signal: AbortSignal,
  ): Promise<Entry[]> {
    const { name, path, remote, mayExist } = entry
    const directory = name === '' ? entry.directory : await directories.openIn(entry.directory, name, stats)
    const files = this.#files.with({ signal })
    const present = mayExist ? await namesIn(files, remote, name === '') : undefined
    if (present === undefined) await makeDirectory(files, remote, this.#permissions(stats))
    this.counter.directories++
    const entries = (await directory.opened.list()).map(name => ({
      directory,
      name,
      path: join(path, name),
      remote: posix.join(remote, name),
      mayExist: present?.has(name) ?? false,
    }))
    const wanted = entries.filter(entry => this.#source.filter(entry.path))
    await directory.expect(wanted.length)
    return wanted
  }

  async #copyFile(entry: Entry, stats: Stats, signal: AbortSignal): Promise<void> {
    const { directory, name, remote, mayExist } = entry
    const permissions = this.#permissions(stats)
    if (mayExist) await removeForFile(this.#files, remote, permissions)
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

  #permissions({ mode, ...owner }: Stats): FilePermissions {
    return { mode: mode & 0o777, ...this.#source.ownerOf(owner) }
  }
}

// The servers set the permissions of new files only, and write through symlinks.
async function removeForFile(files: Path, path: string, permissions: FilePermissions): Promise<void> {
  const found = await statIfPresent(files, path)
  if (found === undefined || found.type === 'directory') return
  if (found.type === 'symlink' || hasOtherPermissions(found, permissions)) await deleteFile(files, path)
}

// A directory is not deleted: creating the symlink then fails with the server's message.
async function removeForLink(files: Path, path: string): Promise<void> {
  const found = await statIfPresent(files, path)
  if (found && found.type !== 'directory') await deleteFile(files, path)
}

/**
 * The names in a directory, or in that to which a symlink leads, which is only followed if it is given itself or belongs
 * to root; `undefined` if there is nothing.
 */
async function namesIn(files: Path, path: string, isRoot: boolean): Promise<ReadonlySet<string> | undefined> {
  const found = await statIfPresent(files, path)
  if (found === undefined) return undefined
  const isFollowed = found.type === 'directory' || isRoot || found.uid === 0
  // With `/.`, a symlink is followed.
  const result = await files.get({ query: { path: isFollowed ? `${path}/.` : path } })
  const { type } = readStat(result)
  if (type !== 'directory') throw wrongType(result, path, 'a directory does not replace it')
  return new Set(plainNamesIn(result))
}
