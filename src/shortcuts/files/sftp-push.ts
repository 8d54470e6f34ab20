import type { Dirent, Stats } from 'node:fs'
import { join, posix } from 'node:path'
import type { SftpOperations } from '../sftp/operations.ts'
import type { SftpTransfer } from '../sftp/run-transfer.ts'
import { walkTree } from '../shared/walk-tree.ts'
import { type CopiedTree, CopyCounter } from './directory-options.ts'
import type { FileStat } from './file-stat.ts'
import type { TreeSource } from './push-options.ts'
import { listTarget, makeParents, statIfThere } from './remote-directory.ts'
import { RemoteTree } from './remote-tree.ts'
import { SharedDirectories, type SharedDirectory } from './shared-directories.ts'

/** A file, directory or symlink to copy. */
interface Entry {
  readonly directory: SharedDirectory
  /** What it is; `undefined` for the directory that is copied itself. */
  readonly local: Dirent | undefined
  /** The path relative to the directory that is copied, such as `etc/hosts`. */
  readonly path: string
  readonly remote: string
  /** What is there. */
  readonly existing: FileStat | undefined
}

/** How many files are on their way at once: each waits for the server most of the time. */
export const SFTP_CONCURRENCY = 64

/** Copies a directory into an instance over SFTP, many files at once. */
export async function pushBySftp(
  transfer: SftpTransfer,
  remote: string,
  source: TreeSource,
): Promise<CopiedTree> {
  const push = new SftpPush(transfer, source)
  try {
    return await push.run(remote)
  } finally {
    await push.directories.close()
  }
}

class SftpPush {
  readonly directories = new SharedDirectories()
  readonly #counter: CopyCounter
  readonly #tree: RemoteTree
  readonly #operations: SftpOperations
  readonly #source: TreeSource

  constructor(transfer: SftpTransfer, source: TreeSource) {
    this.#counter = new CopyCounter(source.total, source.onProgress)
    this.#tree = new RemoteTree(transfer, source, this.#counter)
    this.#operations = transfer.operations
    this.#source = source
  }

  async run(remote: string): Promise<CopiedTree> {
    const directory = await this.directories.open(this.#source.path)
    await makeParents(this.#operations, remote)
    const existing = await statIfThere(this.#operations, remote)
    const root: Entry = { directory, local: undefined, path: '', remote, existing }
    const copy = (entry: Entry, signal: AbortSignal): Promise<readonly Entry[]> => this.#copy(entry, signal)
    await walkTree(root, copy, this.#source.signal, SFTP_CONCURRENCY)
    return this.#counter.finish()
  }

  async #copy(entry: Entry, signal: AbortSignal): Promise<readonly Entry[]> {
    const { directory, local, remote } = entry
    if (local === undefined) return this.#copyDirectory(entry, directory, await directory.opened.stat(''))
    let entries: readonly Entry[] = []
    if (local.isDirectory()) entries = await this.#copySubdirectory(entry, local.name)
    else if (local.isFile()) await this.#copyFile(entry, local.name, signal)
    else if (local.isSymbolicLink())
      await this.#tree.makeSymlink(remote, await directory.opened.readLink(local.name))
    await directory.leave()
    return entries
  }

  async #copySubdirectory(entry: Entry, name: string): Promise<Entry[]> {
    const { directory } = entry
    const stats = await directory.opened.stat(name)
    return this.#copyDirectory(entry, await this.directories.openIn(directory, name, stats), stats)
  }

  async #copyDirectory(
    { path, remote, existing }: Entry,
    directory: SharedDirectory,
    stats: Stats,
  ): Promise<Entry[]> {
    const present = existing && (await listTarget(this.#operations, remote, existing, path === ''))
    if (present === undefined) await this.#tree.makeDirectory(remote, stats)
    else this.#counter.directories++
    const entries = (await directory.opened.listTypes()).map(local => ({
      directory,
      local,
      path: join(path, local.name),
      remote: posix.join(remote, local.name),
      existing: present?.get(local.name),
    }))
    const wanted = entries.filter(entry => this.#source.filter(entry.path))
    const setTimes = (): Promise<void> => this.#tree.setTimes(remote, stats)
    await directory.expect(wanted.length, present === undefined ? setTimes : undefined)
    return wanted
  }

  async #copyFile({ directory, remote }: Entry, name: string, signal: AbortSignal): Promise<void> {
    await directory.opened.useRegular(name, opened => this.#tree.sendFile(remote, opened, signal))
  }
}
