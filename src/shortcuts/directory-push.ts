import type { Stats } from 'node:fs'
import { lstat, opendir, readdir, readlink, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { checkNames } from '../options.ts'
import type { Path } from '../path.ts'
import { type CopiedTree, DIRECTORY_OPTIONS, type DirectoryOptions, Tally } from './directory-options.ts'
import { makeDirectories, makeDirectory } from './directory-present.ts'
import { deleteFile } from './file-delete.ts'
import type { FilePermissions } from './file-headers.ts'
import { makeWay, sendFile } from './file-push.ts'
import { filesOf, readStat, statIfPresent, wrongType } from './file-stat.ts'
import { plainNamesIn } from './plain-names.ts'
import type { ApiRoot } from './resource.ts'
import { makeSymlink } from './symlink-present.ts'
import { openSource } from './transfer-source.ts'
import { workThrough } from './work-through.ts'

/** How {@link directoryPush} copies. */
export interface DirectoryPushOptions extends DirectoryOptions {
  /** The owner of all that is new, instead of each one's own on this machine. */
  readonly uid?: number
  /** The group of all that is new, instead of each one's own on this machine. */
  readonly gid?: number
}

/** One thing to copy. */
interface Entry {
  readonly local: string
  readonly remote: string
  /** May there be something at its place? */
  readonly mayExist: boolean
}

const OPTIONS: ReadonlySet<string> = new Set<keyof DirectoryPushOptions>([...DIRECTORY_OPTIONS, 'uid', 'gid'])

/**
 * Copies a directory of this machine into an instance, with modes, owners and symlinks, as the directory `path`.
 *
 * What is there already under the same names is replaced, the rest stays. Directories that exist keep their
 * permissions. Sockets, pipes and devices are left out, since the servers take none.
 *
 * @throws the first failure; what was copied before it stays, each file whole
 * @example
 * await directoryPush(api, 'web', '/srv/www', './dist', { uid: 33, gid: 33 })
 */
export async function directoryPush(
  api: ApiRoot,
  instance: string,
  path: string,
  source: string,
  options: DirectoryPushOptions = {},
): Promise<CopiedTree> {
  checkNames(options, OPTIONS, 'directoryPush()')
  const files = filesOf(api, instance)
  const total = options.onProgress && (await sizeOf(source, options))
  const push = new Push(files, source, options, total)
  const remote = posix.resolve('/', path)
  const isNew = await makeDirectories(files, posix.dirname(remote), {})
  await workThrough(
    { local: source, remote, mayExist: !isNew },
    (entry, signal) => push.copy(entry, signal),
    options.signal,
  )
  return push.tally.finish()
}

class Push {
  readonly tally: Tally
  readonly #files: Path
  readonly #source: string
  readonly #options: DirectoryPushOptions

  constructor(files: Path, source: string, options: DirectoryPushOptions, total: number | undefined) {
    this.tally = new Tally(total, options.onProgress)
    this.#files = files
    this.#source = source
    this.#options = options
  }

  /** Copies one thing; gives what is in it. */
  async copy(entry: Entry, signal: AbortSignal): Promise<readonly Entry[]> {
    const stats = await (entry.local === this.#source ? stat : lstat)(entry.local)
    if (stats.isDirectory()) return this.#copyDirectory(entry, stats, signal)
    if (stats.isSymbolicLink()) await this.#copySymlink(entry, signal)
    else if (stats.isFile()) await this.#copyFile(entry, stats, signal)
    return []
  }

  async #copyDirectory(
    { local, remote, mayExist }: Entry,
    stats: Stats,
    signal: AbortSignal,
  ): Promise<Entry[]> {
    const files = this.#files.with({ signal })
    const present = mayExist ? await namesIn(files, remote) : undefined
    if (present === undefined) await makeDirectory(files, remote, this.#permissions(stats))
    this.tally.directories++
    const names = (await readdir(local)).filter(name =>
      isWanted(this.#source, join(local, name), this.#options),
    )
    return names.map(name => ({
      local: join(local, name),
      remote: posix.join(remote, name),
      mayExist: present?.has(name) ?? false,
    }))
  }

  async #copyFile({ local, remote, mayExist }: Entry, stats: Stats, signal: AbortSignal): Promise<void> {
    const permissions = this.#permissions(stats)
    if (mayExist) await makeWay(this.#files, remote, permissions)
    const source = await openSource(local)
    try {
      const onProgress = this.tally.forFile()
      await sendFile(this.#files, remote, source, { ...permissions, onProgress, signal })
    } finally {
      source.stream.destroy()
    }
    this.tally.files++
  }

  async #copySymlink({ local, remote, mayExist }: Entry, signal: AbortSignal): Promise<void> {
    const files = this.#files.with({ signal })
    if (mayExist) await removeForLink(files, remote)
    await makeSymlink(files, remote, await readlink(local))
    this.tally.symlinks++
  }

  #permissions({ mode, uid, gid }: Stats): FilePermissions {
    return { mode: mode & 0o777, uid: this.#options.uid ?? uid, gid: this.#options.gid ?? gid }
  }
}

// A directory can't be removed just so: making the link then fails with the server's words.
async function removeForLink(files: Path, path: string): Promise<void> {
  const found = await statIfPresent(files, path)
  if (found && found.type !== 'directory') await deleteFile(files, path)
}

/** The names in a directory, or in the one that a symlink leads to; `undefined` where nothing is. */
async function namesIn(files: Path, path: string): Promise<ReadonlySet<string> | undefined> {
  if (!(await statIfPresent(files, path))) return undefined
  // With the slash, what a link leads to is meant.
  const result = await files.get({ query: { path: `${path}/.` } })
  const { type } = readStat(result)
  if (type !== 'directory') throw wrongType(result, path, 'a directory does not replace it')
  return new Set(plainNamesIn(result))
}

async function sizeOf(source: string, options: DirectoryPushOptions): Promise<number> {
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
