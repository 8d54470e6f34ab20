import { chmod, lchown, lstat, mkdir, realpath, rename, rm, symlink } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { APIResult } from '../../result.ts'
import { withLimits } from '../shared/limits.ts'
import { walkTree } from '../shared/walk-tree.ts'
import { download } from '../transfer/download.ts'
import { isFileNotFound, temporaryPathFor, writeFileWhole } from '../transfer/target.ts'
import {
  type CopiedTree,
  CopyCounter,
  DIRECTORY_OPTIONS,
  type DirectoryOptions,
} from './directory-options.ts'
import type { FileStat } from './file-stat.ts'
import type { FilesPath } from './files-path.ts'
import { pathsIn } from './plain-names.ts'
import { filesAt, readStat, wrongType } from './stat.ts'
import { readLinkTarget } from './symlink-target.ts'

/** Options of {@link directoryPull}. */
export interface DirectoryPullOptions extends DirectoryOptions {
  /** Whether copies get the owners that they have in the instance, which only root may set; `true` by default for root. */
  readonly owners?: boolean
}

/** A file, directory or symlink to copy. */
interface Entry {
  /** The path relative to the directory, such as `etc/hosts`; '' for the directory itself. */
  readonly path: string
}

const OPTIONS: ReadonlySet<string> = new Set<keyof DirectoryPullOptions>([...DIRECTORY_OPTIONS, 'owners'])
// This process has to be able to write into a directory while it is being filled.
const WRITABLE = 0o700

/**
 * Copies a directory out of an instance, with modes, owners and symlinks; `target` becomes the copy.
 *
 * A new target is created atomically: complete or not at all. In one that exists, files of the same names are replaced,
 * each atomically, and the rest stays; directories that exist keep their permissions. Nothing is ever written outside
 * of it, whatever the server answers. The servers report every symlink's target as absolute: one that points into the
 * directory is made relative.
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
  const files = filesAt(item, 'directoryPull()')
  return withLimits(files, options, 'directoryPull()', async signal => {
    const existing = await realPathIfPresent(target)
    if (existing !== undefined) return new Pull(files, path, existing, { ...options, signal }).run()
    const part = temporaryPathFor(target)
    try {
      const copied = await new Pull(files, path, part, { ...options, signal }).run()
      await rename(part, target)
      return copied
    } catch (error) {
      await rm(part, { recursive: true, force: true })
      throw error
    }
  })
}

class Pull {
  readonly #counter: CopyCounter
  readonly #files: Path
  readonly #root: string
  readonly #target: string
  readonly #options: DirectoryPullOptions
  readonly #owners: boolean
  readonly #finalModes: [path: string, mode: number][] = []

  constructor(files: Path, root: string, target: string, options: DirectoryPullOptions) {
    this.#counter = new CopyCounter(undefined, options.onProgress)
    this.#files = files
    this.#root = posix.resolve('/', root)
    this.#target = target
    this.#options = options
    this.#owners = options.owners ?? process.getuid?.() === 0
  }

  async run(): Promise<CopiedTree> {
    await walkTree<Entry>({ path: '' }, (entry, signal) => this.#copy(entry, signal), this.#options.signal)
    for (const [path, mode] of this.#finalModes) await chmod(path, mode)
    return this.#counter.finish()
  }

  async #copy({ path }: Entry, signal: AbortSignal): Promise<readonly Entry[]> {
    const remote = posix.join(this.#root, path)
    const result = await this.#files.get({
      query: { path: path === '' ? followingLink(remote) : remote },
      signal,
    })
    const stat = readStat(result)
    if (stat.type === 'directory') return this.#copyDirectory(path, stat, result)
    if (path === '') throw wrongType(result, remote, 'filePull() copies these')
    if (stat.type === 'symlink') await this.#copySymlink(path, stat, await readLinkTarget(result, remote))
    else await this.#copyFile(path, stat, result, signal)
    return []
  }

  async #copyDirectory(path: string, stat: FileStat, result: APIResult): Promise<Entry[]> {
    const local = join(this.#target, path)
    if (await makeRealDirectory(local)) await this.#adjust(local, stat)
    this.#counter.directories++
    return pathsIn(result, path)
      .map(path => ({ path }))
      .filter(entry => this.#options.filter?.(entry.path) ?? true)
  }

  async #adjust(local: string, { mode, uid, gid }: FileStat): Promise<void> {
    if (this.#owners) await lchown(local, uid, gid)
    await chmod(local, mode | WRITABLE)
    if ((mode & WRITABLE) !== WRITABLE) this.#finalModes.push([local, mode])
  }

  async #copyFile(path: string, stat: FileStat, result: APIResult, signal: AbortSignal): Promise<void> {
    const attributes = { mode: stat.mode, owner: this.#owners ? stat : undefined }
    const options = { onProgress: this.#counter.forFile(), signal }
    try {
      await writeFileWhole(join(this.#target, path), attributes, stream => download(result, stream, options))
    } finally {
      // If the file can't be created, the body has not been read.
      result.body?.destroy()
    }
    this.#counter.files++
  }

  async #copySymlink(path: string, stat: FileStat, target: string): Promise<void> {
    const local = join(this.#target, path)
    const part = temporaryPathFor(local)
    await symlink(this.#relocate(path, target), part)
    try {
      if (this.#owners) await lchown(part, stat.uid, stat.gid)
      await rename(part, local)
    } catch (error) {
      await rm(part, { force: true })
      throw error
    }
    this.#counter.symlinks++
  }

  #relocate(path: string, target: string): string {
    if (!posix.isAbsolute(target) || !isWithin(this.#root, target)) return target
    return posix.relative(posix.dirname(posix.join(this.#root, path)), target) || '.'
  }
}

/** Creates a directory; `false` if it exists. Anything else at the path, such as a symlink, is not followed. */
async function makeRealDirectory(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: WRITABLE })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await lstat(path)).isDirectory()) throw error
    return false
  }
}

// The directory to copy may be given as a symlink to it.
function followingLink(path: string): string {
  return path === '/' ? path : `${path}/.`
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root === '/' ? '/' : `${root}/`)
}

async function realPathIfPresent(target: string): Promise<string | undefined> {
  try {
    return await realpath(target)
  } catch (error) {
    if (isFileNotFound(error)) return undefined
    throw error
  }
}
