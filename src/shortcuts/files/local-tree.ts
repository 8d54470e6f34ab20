import { chmod, lchown, lstat, mkdir, rename, rm, symlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { TransferOptions } from '../transfer/options.ts'
import { temporaryPathFor } from '../transfer/target.ts'
import type { FileStat } from './file-stat.ts'

/** A directory of this machine that becomes a copy. */
export interface TreeTarget {
  readonly path: string
  /** Whether it does not exist yet, and nobody else knows of it. */
  readonly isNew: boolean
  /** Whether to copy a path below the directory. */
  readonly filter: (path: string) => boolean
  /** Whether the copies get the owners of the originals. */
  readonly hasOwners: boolean
  readonly onProgress: TransferOptions['onProgress']
  readonly signal: AbortSignal | undefined
}

// This process has to be able to write into a directory while it is being filled.
const WRITABLE = 0o700
const SPECIAL_BITS = 0o7000

/** Writes the directories and symlinks of a copy, and never outside of it. */
export class LocalTree {
  readonly target: TreeTarget
  readonly #hasTimes: boolean
  readonly #created: { readonly path: string; readonly stat: FileStat }[] = []

  /** @param hasTimes whether the directories get the times of the originals */
  constructor(target: TreeTarget, hasTimes: boolean) {
    this.target = target
    this.#hasTimes = hasTimes
  }

  /** The path here of one that is relative to the directory. */
  pathOf(path: string): string {
    return join(this.target.path, path)
  }

  /** Creates a directory; in the place of one that exists it does nothing. */
  async makeDirectory(path: string, stat: FileStat): Promise<void> {
    const local = this.pathOf(path)
    if (!(await makeRealDirectory(local))) return
    if (this.target.hasOwners) await lchown(local, stat.uid, stat.gid)
    this.#created.push({ path: local, stat })
  }

  /** Creates a symlink; a file, or another link, in its place is replaced. */
  async makeSymlink(path: string, target: string, { uid, gid }: FileStat): Promise<void> {
    const local = this.pathOf(path)
    const part = temporaryPathFor(local)
    await symlink(target, part)
    try {
      if (this.target.hasOwners) await lchown(part, uid, gid)
      await rename(part, local)
    } catch (error) {
      await rm(part, { force: true })
      throw error
    }
  }

  /** Gives the new directories their modes and times, those within others first. */
  async finish(): Promise<void> {
    for (const { path, stat } of this.#created.reverse()) {
      await chmod(path, copiedMode(stat, this.target.hasOwners))
      if (this.#hasTimes) await utimes(path, stat.modified, stat.modified)
    }
  }
}

/** The mode of a copy: what is not its original's owner's must not have setuid, setgid and sticky. */
export function copiedMode({ mode }: FileStat, hasOwner: boolean): number {
  return hasOwner ? mode : mode & ~SPECIAL_BITS
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
