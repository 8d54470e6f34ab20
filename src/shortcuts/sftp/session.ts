import { posix } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { types } from 'node:util'
import type { FileStat } from '../files/file-stat.ts'
import { checkId, checkInteger } from '../shared/integers.ts'
import { type OpenFlags, openFlags, RemoteFile } from './file.ts'
import { hasCode, isMissing } from './is-missing.ts'
import { listDirectory } from './list-directory.ts'
import type { DirectoryEntry, Handle, SftpOperations } from './operations.ts'
import { checkRemotePath } from './packets.ts'
import { removeTree } from './remove-tree.ts'
import { createReader, RemoteWriter } from './streams.ts'

/** Which bytes of a file to read. */
export interface ReadRange {
  /** The first byte; 0 by default. */
  readonly start?: number
  /** The last byte, inclusive, as in Node.js; the last one of the file by default. */
  readonly end?: number
}

/** How a file is written. */
export interface WriteOptions {
  /** `w` by default, which empties a file that exists. */
  readonly flags?: OpenFlags
  /** The permission bits, also of a file that exists. */
  readonly mode?: number
}

/** The size of a file system, as in Node.js. */
export interface FileSystemStat {
  /** In bytes. */
  readonly bsize: number
  /** In blocks. */
  readonly blocks: number
  readonly bfree: number
  readonly bavail: number
  readonly files: number
  readonly ffree: number
}

const MAX_MODE = 0o7777

/**
 * The files of an instance or a volume over one SFTP connection, with what `node:fs/promises` has for those of this
 * machine. Requests that don't wait for each other are sent at once.
 *
 * Paths lead from the root of the instance or the volume. What it writes is written in place: use `filePush()` for a file
 * that has to be there whole or not at all.
 *
 * Its methods throw {@link APIFileException} for what the server refuses, and {@link APIConnectionException} once the
 * connection is lost. Errors of its streams without a listener are ignored: iterators and pipelines still reject.
 */
export class FileSession {
  readonly #operations: SftpOperations

  /** @internal Use `openFiles()`. */
  constructor(operations: SftpOperations) {
    this.#operations = operations
  }

  /** The stat of what a path leads to. */
  async stat(path: string): Promise<FileStat> {
    return this.#operations.stat(at(path, 'stat()'))
  }

  /** The stat of a path, of a symlink itself. */
  async lstat(path: string): Promise<FileStat> {
    return this.#operations.lstat(at(path, 'lstat()'))
  }

  /** The names in a directory, each with its stat, sorted by name. */
  async readdir(path: string): Promise<DirectoryEntry[]> {
    const entries = await listDirectory(this.#operations, at(path, 'readdir()'))
    return entries.sort((one, other) => (one.name < other.name ? -1 : 1))
  }

  /** Reads a whole file into memory. */
  async readFile(path: string): Promise<Buffer> {
    const chunks: Buffer[] = []
    for await (const chunk of this.createReadStream(path)) chunks.push(chunk)
    return Buffer.concat(chunks)
  }

  /** Writes a whole file in place, which is not there whole at once as with `filePush()`. */
  async writeFile(path: string, data: Uint8Array | string, options: WriteOptions = {}): Promise<void> {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    const file = new RemoteFile(this.#operations, await this.#openToWrite(path, options, 'writeFile()'))
    try {
      await file.write(bytes)
    } finally {
      await file.close()
    }
  }

  /**
   * Opens a file, `r` by default.
   *
   * @example
   * await using file = await files.open('/var/log/syslog')
   * const { bytesRead, buffer } = await file.read(Buffer.alloc(100), 0, 100, 5000)
   */
  async open(path: string, flags: OpenFlags = 'r', mode?: number): Promise<RemoteFile> {
    return new RemoteFile(this.#operations, await this.#openToWrite(path, { flags, mode }, 'open()'))
  }

  /** Reads a file, or the bytes from `start` to `end` of it, the last one included, with backpressure. */
  createReadStream(path: string, { start = 0, end }: ReadRange = {}): Readable {
    const place = at(path, 'createReadStream()')
    checkInteger('start', start, Number.MAX_SAFE_INTEGER)
    if (end !== undefined) checkInteger('end', end, Number.MAX_SAFE_INTEGER)
    const length = end === undefined ? undefined : Math.max(0, end + 1 - start)
    return createReader(this.#operations, () => this.#operations.open(place, openFlags('r')), start, length)
  }

  /** Creates a stream that writes a file, from `start` on. */
  createWriteStream(
    path: string,
    { start = 0, ...options }: WriteOptions & Pick<ReadRange, 'start'> = {},
  ): Writable {
    checkInteger('start', start, Number.MAX_SAFE_INTEGER)
    at(path, 'createWriteStream()')
    const open = (): Promise<Handle> => this.#openToWrite(path, options, 'createWriteStream()')
    return new RemoteWriter(this.#operations, open, start)
  }

  /** Makes a directory; with `recursive` also those above it, and one that exists is left as it is. */
  async mkdir(
    path: string,
    options: { readonly recursive?: boolean; readonly mode?: number } = {},
  ): Promise<void> {
    const place = at(path, 'mkdir()')
    checkMode(options.mode)
    if (options.recursive) await this.#makeDirectories(posix.resolve('/', place), options.mode)
    else await this.#makeDirectory(place, options.mode)
  }

  /** Removes a file, a symlink itself, or with `recursive` a directory; with `force`, nothing there is no error. */
  async rm(
    path: string,
    options: { readonly recursive?: boolean; readonly force?: boolean } = {},
  ): Promise<void> {
    const place = at(path, 'rm()')
    try {
      const { type } = options.recursive ? await this.#operations.lstat(place) : { type: 'file' }
      if (type === 'directory') await removeTree(this.#operations, place)
      else await this.#operations.removeFile(place)
    } catch (error) {
      if (!(options.force && isMissing(error))) throw error
    }
  }

  /** Removes an empty directory. */
  async rmdir(path: string): Promise<void> {
    await this.#operations.removeDirectory(at(path, 'rmdir()'))
  }

  /** Renames; what has the new name is replaced in the same step. */
  async rename(from: string, to: string): Promise<void> {
    await this.#operations.rename(at(from, 'rename()'), at(to, 'rename()'))
  }

  /** The target of a symlink, as it was given. */
  async readlink(path: string): Promise<string> {
    return this.#operations.readLink(at(path, 'readlink()'))
  }

  /** Creates a symlink at `path`; its target stays as it is written. */
  async symlink(target: string, path: string): Promise<void> {
    await this.#operations.makeSymlink(at(target, 'symlink()'), at(path, 'symlink()'))
  }

  /** Sets the permission bits; LXD 5.0 drops setuid, setgid and sticky. */
  async chmod(path: string, mode: number): Promise<void> {
    checkMode(mode)
    await this.#operations.setStat(at(path, 'chmod()'), { mode }, 'chmod')
  }

  /** Changes the owner and the group, by their numeric ids. */
  async chown(path: string, uid: number, gid: number): Promise<void> {
    checkId('uid', uid)
    checkId('gid', gid)
    await this.#operations.setStat(at(path, 'chown()'), { owner: { uid, gid } }, 'chown')
  }

  /** Sets the times, in whole seconds; numbers are seconds since 1970. */
  async utimes(path: string, accessed: Date | number, modified: Date | number): Promise<void> {
    const times = { accessed: toDate(accessed), modified: toDate(modified) }
    await this.#operations.setStat(at(path, 'utimes()'), { times }, 'utimes')
  }

  /** The size of the file system that a path is on. */
  async statfs(path: string): Promise<FileSystemStat> {
    const numbers = await this.#operations.statFileSystem(at(path, 'statfs()'))
    const [, bsize = 0, blocks = 0, bfree = 0, bavail = 0, files = 0, ffree = 0] = numbers.map(Number)
    return { bsize, blocks, bfree, bavail, files, ffree }
  }

  /** Ends the connection; the server closes what is open. */
  async close(): Promise<void> {
    await this.#operations.connection.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  // Servers up to LXD 5.0 and Incus 6.0 ignore the mode of a new file.
  async #openToWrite(path: string, { flags = 'w', mode }: WriteOptions, call: string): Promise<Handle> {
    const place = at(path, call)
    checkMode(mode)
    const bits = openFlags(flags)
    const handle = await this.#operations.open(place, bits, mode)
    if (mode === undefined || flags === 'r') return handle
    try {
      await this.#operations.setStatOfHandle(handle, { mode }, 'chmod')
      return handle
    } catch (error) {
      await this.#operations.close(handle)
      throw error
    }
  }

  async #makeDirectory(path: string, mode: number | undefined): Promise<void> {
    await this.#operations.makeDirectory(path, mode)
    if (mode !== undefined) await this.#operations.setStat(path, { mode }, 'chmod')
  }

  async #makeDirectories(path: string, mode: number | undefined): Promise<void> {
    try {
      await this.#makeDirectory(path, mode)
    } catch (error) {
      if (hasCode(error, 'EEXIST') && (await this.stat(path)).type === 'directory') return
      if (!isMissing(error) || path === '/') throw error
      await this.#makeDirectories(posix.dirname(path), mode)
      await this.#makeDirectories(path, mode)
    }
  }
}

function at(path: string, call: string): string {
  checkRemotePath(path, call)
  return path
}

function checkMode(mode: number | undefined): void {
  if (mode !== undefined) checkInteger('mode', mode, MAX_MODE, '0o7777')
}

function toDate(time: Date | number): Date {
  const date = typeof time === 'number' ? new Date(time * 1000) : time
  if (types.isDate(date) && !Number.isNaN(date.getTime())) return date
  throw new TypeError(`utimes(): give a Date or a number of seconds, not ${String(time)}`)
}
