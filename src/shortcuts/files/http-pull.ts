import { posix } from 'node:path'
import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { walkTree } from '../shared/walk-tree.ts'
import { download } from '../transfer/download.ts'
import { writeFileWhole } from '../transfer/target.ts'
import { type CopiedTree, CopyCounter } from './directory-options.ts'
import type { FileStat } from './file-stat.ts'
import { readStat, wrongType } from './http-stat.ts'
import { LocalTree, type TreeTarget } from './local-tree.ts'
import { pathsIn } from './plain-names.ts'
import { readLinkTarget } from './symlink-target.ts'

/** A file, directory or symlink to copy. */
interface Entry {
  /** The path relative to the directory, such as `etc/hosts`; '' for the directory itself. */
  readonly path: string
}

/** Copies a directory out of an instance, a file after the other over HTTP, several at once. */
export function pullByHttp(files: Path, root: string, target: TreeTarget): Promise<CopiedTree> {
  return new Pull(files, root, target).run()
}

class Pull {
  readonly #counter: CopyCounter
  readonly #files: Path
  readonly #root: string
  readonly #tree: LocalTree

  constructor(files: Path, root: string, target: TreeTarget) {
    this.#counter = new CopyCounter(undefined, target.onProgress)
    this.#files = files
    this.#root = root
    this.#tree = new LocalTree(target, false)
  }

  async run(): Promise<CopiedTree> {
    const { signal } = this.#tree.target
    await walkTree<Entry>({ path: '' }, (entry, signal) => this.#copy(entry, signal), signal)
    await this.#tree.finish()
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
    await this.#tree.makeDirectory(path, stat)
    this.#counter.directories++
    return pathsIn(result, path)
      .filter(path => this.#tree.target.filter(path))
      .map(path => ({ path }))
  }

  async #copyFile(path: string, stat: FileStat, result: APIResult, signal: AbortSignal): Promise<void> {
    const attributes = { mode: stat.mode, owner: this.#tree.target.hasOwners ? stat : undefined }
    const options = { onProgress: this.#counter.forFile(), signal }
    try {
      await writeFileWhole(this.#tree.pathOf(path), attributes, stream => download(result, stream, options))
    } finally {
      // If the file can't be created, the body has not been read.
      result.body?.destroy()
    }
    this.#counter.files++
  }

  async #copySymlink(path: string, stat: FileStat, target: string): Promise<void> {
    await this.#tree.makeSymlink(path, this.#relocate(path, target), stat)
    this.#counter.symlinks++
  }

  #relocate(path: string, target: string): string {
    if (!posix.isAbsolute(target) || !isWithin(this.#root, target)) return target
    return posix.relative(posix.dirname(posix.join(this.#root, path)), target) || '.'
  }
}

// The directory to copy may be given as a symlink to it.
function followingLink(path: string): string {
  return path === '/' ? path : `${path}/.`
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root === '/' ? '/' : `${root}/`)
}
