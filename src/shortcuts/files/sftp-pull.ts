import { posix } from 'node:path'
import { listDirectory } from '../sftp/list-directory.ts'
import type { SftpOperations } from '../sftp/operations.ts'
import { readWholeFile } from '../sftp/read-file.ts'
import type { SftpTransfer } from '../sftp/run-transfer.ts'
import { isPlainName } from '../shared/plain-name.ts'
import { walkTree } from '../shared/walk-tree.ts'
import { type CopiedTree, CopyCounter } from './directory-options.ts'
import type { FileStat } from './file-stat.ts'
import { LocalFile } from './local-file.ts'
import { LocalTree, type TreeTarget } from './local-tree.ts'
import { MAX_PATH_LENGTH } from './plain-names.ts'
import { refused } from './remote-directory.ts'
import { SFTP_CONCURRENCY } from './sftp-push.ts'

/** A file, directory or symlink to copy. */
interface Entry {
  /** The path relative to the directory, such as `etc/hosts`; '' for the directory itself. */
  readonly path: string
  readonly stat: FileStat
}

/** Copies a directory out of an instance over SFTP, many files at once. */
export async function pullBySftp(
  { operations }: SftpTransfer,
  root: string,
  target: TreeTarget,
): Promise<CopiedTree> {
  const stat = await operations.stat(root)
  if (stat.type !== 'directory')
    throw refused(operations, `${root} is a ${stat.type}: filePull() copies these`)
  return new SftpPull(operations, root, target).run(stat)
}

class SftpPull {
  readonly #counter: CopyCounter
  readonly #operations: SftpOperations
  readonly #root: string
  readonly #tree: LocalTree

  constructor(operations: SftpOperations, root: string, target: TreeTarget) {
    this.#counter = new CopyCounter(undefined, target.onProgress)
    this.#operations = operations
    this.#root = root
    this.#tree = new LocalTree(target, true)
  }

  async run(stat: FileStat): Promise<CopiedTree> {
    const copy = (entry: Entry, signal: AbortSignal): Promise<readonly Entry[]> => this.#copy(entry, signal)
    await walkTree({ path: '', stat }, copy, this.#tree.target.signal, SFTP_CONCURRENCY)
    await this.#tree.finish()
    return this.#counter.finish()
  }

  async #copy(entry: Entry, signal: AbortSignal): Promise<readonly Entry[]> {
    const { type } = entry.stat
    if (type === 'directory') return this.#copyDirectory(entry)
    if (type === 'symlink') await this.#copySymlink(entry)
    else if (type === 'file') await this.#copyFile(entry, signal)
    return []
  }

  async #copyDirectory({ path, stat }: Entry): Promise<Entry[]> {
    await this.#tree.makeDirectory(path, stat)
    this.#counter.directories++
    const remote = posix.join(this.#root, path)
    const listed = await listDirectory(this.#operations, remote)
    const names = new Set<string>()
    const entries: Entry[] = []
    for (const { name, ...stat } of listed) {
      this.#checkName(remote, name)
      const inside = posix.join(path, name)
      if (!names.has(name) && this.#tree.target.filter(inside)) entries.push({ path: inside, stat })
      names.add(name)
    }
    return entries
  }

  async #copyFile({ path }: Entry, signal: AbortSignal): Promise<void> {
    const { hasOwners, isNew } = this.#tree.target
    const onBytes = (bytes: number): void => this.#counter.add(bytes)
    const options = { isNew, hasOwner: hasOwners, onBytes }
    let file: LocalFile | undefined
    const create = async (stat: FileStat): Promise<LocalFile> => {
      file = await LocalFile.create(this.#tree.pathOf(path), stat, options)
      return file
    }
    try {
      await readWholeFile(this.#operations, posix.join(this.#root, path), { signal, create })
    } catch (error) {
      await file?.discard()
      throw error
    }
    if (file === undefined) return
    await file.finish()
    this.#counter.files++
  }

  async #copySymlink({ path, stat }: Entry): Promise<void> {
    const target = await this.#operations.readLink(posix.join(this.#root, path))
    if (target === '' || target.includes('\0'))
      throw refused(this.#operations, `${path} is a symlink without a target that can be one`)
    await this.#tree.makeSymlink(path, target, stat)
    this.#counter.symlinks++
  }

  // A malicious server may send anything.
  #checkName(directory: string, name: string): void {
    if (!isPlainName(name))
      throw refused(this.#operations, `${directory} has ${JSON.stringify(name)} in it, which is no name`)
    if (Buffer.byteLength(directory) + Buffer.byteLength(name) >= MAX_PATH_LENGTH)
      throw refused(this.#operations, `${directory} is deeper than a path can lead`)
  }
}
