import type { Dirent, Stats } from 'node:fs'
import { posix } from 'node:path'
import { removeFile, removeTree } from '../sftp/remove-tree.ts'
import type { SftpTransfer } from '../sftp/run-transfer.ts'
import { isPlainName } from '../shared/plain-name.ts'
import { walkTree } from '../shared/walk-tree.ts'
import type { Difference } from '../state/difference.ts'
import { CopyCounter } from './directory-options.ts'
import type { FileStat, FileType } from './file-stat.ts'
import type { TreeSource } from './push-options.ts'
import { type Listing, listNames, makeParents, refused, statIfThere } from './remote-directory.ts'
import { RemoteTree } from './remote-tree.ts'
import { hasSameContent } from './same-content.ts'
import { SFTP_CONCURRENCY } from './sftp-push.ts'
import { SharedDirectories, type SharedDirectory } from './shared-directories.ts'
import { attributeDifferences, modifiedDifference } from './stat-differences.ts'

/** How a directory is made equal to one of this machine. */
export interface EqualizeOptions {
  /** Whether to change nothing and only tell what would be changed. */
  readonly check?: boolean
  /** Whether to remove what the directory of this machine does not have. */
  readonly delete?: boolean
  /** Whether to compare files of the same size by their content instead of their modification time. */
  readonly content?: boolean
}

/** A file, directory or symlink to compare. */
interface Entry {
  readonly directory: SharedDirectory
  /** The name in the directory; '' for the directory itself. */
  readonly name: string
  readonly type: 'file' | 'directory' | 'symlink' | undefined
  /** The path relative to the directory, such as `etc/hosts`. */
  readonly path: string
  readonly remote: string
  /** What is there. */
  readonly existing: FileStat | undefined
}

const NOTHING: Listing = new Map()

/** Makes a directory of an instance equal to one of this machine; resolves with what differed, in the order of paths. */
export async function equalizeBySftp(
  transfer: SftpTransfer,
  remote: string,
  source: TreeSource,
  options: EqualizeOptions,
): Promise<readonly Difference[]> {
  const equalizer = new Equalizer(transfer, source, options)
  try {
    await equalizer.run(remote)
  } finally {
    await equalizer.directories.close()
  }
  return equalizer.differences.sort((one, other) => (one.path.join('\0') < other.path.join('\0') ? -1 : 1))
}

class Equalizer {
  readonly directories = new SharedDirectories()
  readonly differences: Difference[] = []
  readonly #counter: CopyCounter
  readonly #tree: RemoteTree
  readonly #transfer: SftpTransfer
  readonly #source: TreeSource
  readonly #options: EqualizeOptions

  constructor(transfer: SftpTransfer, source: TreeSource, options: EqualizeOptions) {
    this.#counter = new CopyCounter(undefined, source.onProgress)
    this.#tree = new RemoteTree(transfer, source, this.#counter)
    this.#transfer = transfer
    this.#source = source
    this.#options = options
  }

  async run(remote: string): Promise<void> {
    const { operations } = this.#transfer
    const directory = await this.directories.open(this.#source.path)
    if (!this.#options.check) await makeParents(operations, remote)
    const found = await statIfThere(operations, remote)
    // The directory itself may be given as a symlink to it.
    const existing = found?.type === 'symlink' ? await operations.stat(remote) : found
    if (existing !== undefined && existing.type !== 'directory')
      throw refused(operations, `${remote} is a ${existing.type}: a directory does not replace it`)
    const root: Entry = { directory, name: '', type: 'directory', path: '', remote, existing }
    const handle = (entry: Entry, signal: AbortSignal): Promise<readonly Entry[]> =>
      this.#handle(entry, signal)
    await walkTree(root, handle, this.#source.signal, SFTP_CONCURRENCY)
    this.#counter.finish()
  }

  async #handle(entry: Entry, signal: AbortSignal): Promise<readonly Entry[]> {
    const { directory, name, type } = entry
    let entries: readonly Entry[] = []
    if (type === 'directory') entries = await this.#equalizeDirectory(entry)
    else if (type === 'file') await this.#equalizeFile(entry, signal)
    else if (type === 'symlink') await this.#equalizeSymlink(entry)
    if (name !== '') await directory.leave()
    return entries
  }

  async #equalizeDirectory(entry: Entry): Promise<Entry[]> {
    const { directory: parent, name, remote, existing } = entry
    const stats = await parent.opened.stat(name)
    const directory = name === '' ? parent : await this.directories.openIn(parent, name, stats)
    const isThere = existing?.type === 'directory'
    if (isThere) directory.isChanged = await this.#equalizeAttributes(entry, existing, stats)
    else await this.#replace(entry, 'directory', () => this.#tree.makeDirectory(remote, stats))
    const present = isThere ? await listNames(this.#transfer.operations, remote) : NOTHING
    const locals = await directory.opened.listTypes()
    if (this.#options.delete) await this.#deleteOthers(entry, directory, present, locals)
    const entries = locals
      .map(local => entryOf(local, directory, entry, present))
      .filter(({ path }) => this.#source.filter(path))
    await directory.expect(entries.length, async () => {
      if (!isThere || directory.isChanged) await this.#change(() => this.#tree.setTimes(remote, stats))
    })
    return entries
  }

  async #equalizeFile(entry: Entry, signal: AbortSignal): Promise<void> {
    const { directory, name, path, remote, existing } = entry
    const stats = await directory.opened.stat(name)
    // It was replaced by something else meanwhile.
    if (!stats.isFile()) return
    const send = (): Promise<void> =>
      directory.opened.useRegular(name, file => this.#tree.sendFile(remote, file, signal))
    if (existing?.type !== 'file') return this.#replace(entry, 'file', send)
    const difference = await this.#contentDifference(entry, existing, stats, signal)
    if (difference === undefined) {
      await this.#equalizeAttributes(entry, existing, stats)
      return
    }
    const others = attributeDifferences(path, existing, this.#tree.attributesOf(stats))
    this.differences.push(difference, ...others.filter(({ path }) => path[1] !== difference.path[1]))
    directory.isChanged = true
    await this.#change(send)
  }

  /** How the content of a file differs, as far as it is compared. */
  async #contentDifference(
    entry: Entry,
    existing: FileStat,
    stats: Stats,
    signal: AbortSignal,
  ): Promise<Difference | undefined> {
    const { directory, name, path, remote } = entry
    if (existing.size !== stats.size) return { path: [path, 'size'], from: existing.size, to: stats.size }
    if (!this.#options.content) return modifiedDifference(path, existing, this.#tree.attributesOf(stats))
    const { operations } = this.#transfer
    let isSame = false
    await directory.opened.useRegular(name, async file => {
      isSame = await hasSameContent(operations, remote, file, signal)
    })
    return isSame ? undefined : { path: [path, 'content'], from: 'different', to: 'equal' }
  }

  async #equalizeSymlink(entry: Entry): Promise<void> {
    const { directory, name, path, remote, existing } = entry
    const { operations } = this.#transfer
    const target = await directory.opened.readLink(name)
    const link = (): Promise<void> => this.#tree.makeSymlink(remote, target)
    if (existing?.type !== 'symlink') return this.#replace(entry, 'symlink', link)
    const found = await operations.readLink(remote)
    if (found === target) return
    this.differences.push({ path: [path, 'target'], from: found, to: target })
    directory.isChanged = true
    await this.#change(link)
  }

  /** Sets the attributes that differ; `true` if any did. */
  async #equalizeAttributes({ path, remote }: Entry, existing: FileStat, stats: Stats): Promise<boolean> {
    const attributes = this.#tree.attributesOf(stats)
    const differences = attributeDifferences(path, existing, attributes)
    if (differences.length === 0) return false
    this.differences.push(...differences)
    await this.#change(() => this.#transfer.operations.setStat(remote, attributes, 'setstat'))
    return true
  }

  /** Creates what does not exist, or is something else. */
  async #replace(entry: Entry, type: FileType, create: () => Promise<void>): Promise<void> {
    const { directory, path, remote, existing } = entry
    const isInTheWay = existing !== undefined && (existing.type === 'directory' || type === 'directory')
    if (isInTheWay && existing.type === 'directory' && !this.#options.delete)
      throw refused(
        this.#transfer.operations,
        `${remote} is a directory: a ${type} replaces it only with delete`,
      )
    this.differences.push({ path: [path], from: existing?.type, to: type })
    directory.isChanged = true
    await this.#change(async () => {
      if (isInTheWay) await this.#remove(remote, existing.type)
      await create()
    })
  }

  async #deleteOthers(
    { path, remote }: Entry,
    directory: SharedDirectory,
    present: Listing,
    locals: readonly Dirent[],
  ): Promise<void> {
    const kept = new Set(locals.map(({ name }) => name))
    for (const { name, type } of present.values()) {
      const inside = posix.join(path, name)
      // What is left out is left alone.
      if (kept.has(name) || !isPlainName(name) || !this.#source.filter(inside)) continue
      this.differences.push({ path: [inside], from: type, to: undefined })
      directory.isChanged = true
      await this.#change(() => this.#remove(posix.join(remote, name), type))
    }
  }

  #remove(remote: string, type: FileType): Promise<void> {
    const { operations } = this.#transfer
    return type === 'directory' ? removeTree(operations, remote) : removeFile(operations, remote)
  }

  async #change(change: () => Promise<void>): Promise<void> {
    if (!this.#options.check) await change()
  }
}

function entryOf(
  local: Dirent,
  directory: SharedDirectory,
  { path, remote }: Entry,
  present: Listing,
): Entry {
  const { name } = local
  return {
    directory,
    name,
    type: typeOf(local),
    path: posix.join(path, name),
    remote: posix.join(remote, name),
    existing: present.get(name),
  }
}

function typeOf(local: Dirent): Entry['type'] {
  if (local.isDirectory()) return 'directory'
  if (local.isSymbolicLink()) return 'symlink'
  return local.isFile() ? 'file' : undefined
}
