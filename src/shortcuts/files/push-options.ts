import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import type { TransferOptions } from '../transfer/options.ts'
import type { DirectoryOptions } from './directory-options.ts'

/** Options of what copies a directory into an instance. */
export interface PushOptions extends DirectoryOptions {
  /** The owner of everything new; that on this machine by default. */
  readonly uid?: number
  /** The group of everything new; that on this machine by default. */
  readonly gid?: number
}

/** The owner of a file. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** A directory of this machine to copy. */
export interface TreeSource {
  readonly path: string
  readonly signal: AbortSignal | undefined
  readonly onProgress: TransferOptions['onProgress']
  /** In bytes, if it matters. */
  readonly total: number | undefined
  /** Whether to copy a path below it. */
  readonly filter: (path: string) => boolean
  /** The owner in the instance of what has this one here. */
  readonly ownerOf: (owner: Owner) => Owner
}

/**
 * Prepares a directory to copy; its size is only looked up for the progress.
 *
 * @throws {Error} it can't be read
 */
export async function treeSource(
  path: string,
  { filter = () => true, uid, gid, onProgress, signal }: PushOptions,
): Promise<TreeSource> {
  // Before anything is sent.
  await (await opendir(path)).close()
  const total = onProgress && (await treeSize(path, filter))
  const ownerOf = (owner: Owner): Owner => ({ uid: uid ?? owner.uid, gid: gid ?? owner.gid })
  return { path, signal, onProgress, total, filter, ownerOf }
}

async function treeSize(source: string, filter: TreeSource['filter']): Promise<number> {
  let size = 0
  const add = async (folder: string): Promise<void> => {
    for await (const entry of await opendir(folder)) {
      const local = join(folder, entry.name)
      if (!filter(local.slice(join(source, '/').length))) continue
      if (entry.isDirectory()) await add(local)
      else if (entry.isFile()) size += (await lstat(local)).size
    }
  }
  await add(source)
  return size
}
