import { constants, type Dirent, existsSync, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, readdir, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A regular file of this machine, open. */
export interface OpenFile {
  readonly file: FileHandle
  readonly stats: Stats
}

// Paths below these lead into an open directory, even if it is replaced meanwhile. Only Linux has them.
const HANDLES = '/proc/self/fd'
const HAS_HANDLES = existsSync(HANDLES)
// Windows has none of these. Without O_NONBLOCK, opening a pipe that replaced a file waits for a writer.
const { O_RDONLY, O_NOFOLLOW = 0, O_DIRECTORY = 0, O_NONBLOCK = 0 } = constants

/**
 * A directory of this machine that is being read. Names in it never lead outside, even if they or the directory are
 * replaced by symlinks; on systems without `/proc`, that holds for files only.
 */
export class OpenDirectory {
  readonly #path: string
  readonly #handle: FileHandle | undefined

  private constructor(path: string, handle: FileHandle | undefined) {
    this.#path = path
    this.#handle = handle
  }

  /** Opens a directory by its path, which may be a symlink. */
  static async open(path: string): Promise<OpenDirectory> {
    return new OpenDirectory(path, HAS_HANDLES ? await open(path, O_RDONLY | O_DIRECTORY) : undefined)
  }

  /** The stats of a name, without following symlinks; with '', of the directory itself. */
  stat(name: string): Promise<Stats> {
    return name === '' ? stat(this.#pathOf('.')) : lstat(this.#pathOf(name))
  }

  list(): Promise<string[]> {
    return readdir(this.#pathOf('.'))
  }

  readLink(name: string): Promise<string> {
    return readlink(this.#pathOf(name))
  }

  /**
   * Opens a file, given the stats that `stat()` returned.
   *
   * @throws {Error} it has been replaced since
   */
  openFile(name: string, stats: Stats): Promise<FileHandle> {
    return this.#openSame(name, O_RDONLY | O_NONBLOCK, stats)
  }

  /** The names in it, each with its type. */
  listTypes(): Promise<Dirent[]> {
    return readdir(this.#pathOf('.'), { withFileTypes: true })
  }

  /** Passes a file, open, to a function; one that is no regular file any more, but a pipe, or the like, is left out. */
  async useRegular(name: string, use: (opened: OpenFile) => Promise<void>): Promise<void> {
    const file = await this.#openItself(name, O_RDONLY | O_NONBLOCK)
    try {
      const stats = await file.stat()
      if (stats.isFile()) await use({ file, stats })
    } finally {
      await file.close()
    }
  }

  /** Opens a subdirectory in the same way as {@link openFile}. */
  async openDirectory(name: string, stats: Stats): Promise<OpenDirectory> {
    const handle = HAS_HANDLES ? await this.#openSame(name, O_RDONLY | O_DIRECTORY, stats) : undefined
    return new OpenDirectory(join(this.#path, name), handle)
  }

  /** Closes the directory; files opened in it stay open. */
  async close(): Promise<void> {
    await this.#handle?.close()
  }

  async #openSame(name: string, flags: number, stats: Stats): Promise<FileHandle> {
    const file = await this.#openItself(name, flags)
    try {
      if (isSame(await file.stat(), stats)) return file
      throw this.#replaced(name)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  async #openItself(name: string, flags: number): Promise<FileHandle> {
    try {
      return await open(this.#pathOf(name), flags | O_NOFOLLOW)
    } catch (cause) {
      // The errors of a symlink, depending on the flags.
      const { code = '' } = cause as NodeJS.ErrnoException
      throw ['ELOOP', 'ENOTDIR'].includes(code) ? this.#replaced(name, cause) : cause
    }
  }

  #replaced(name: string, cause?: unknown): Error {
    const error = `${join(this.#path, name)} was replaced by something else while it was copied`
    return new Error(error, { cause })
  }

  #pathOf(name: string): string {
    return this.#handle === undefined ? join(this.#path, name) : `${HANDLES}/${this.#handle.fd}/${name}`
  }
}

// Inode numbers of deleted files are reused.
function isSame(one: Stats, other: Stats): boolean {
  return one.dev === other.dev && one.ino === other.ino && one.isFile() === other.isFile()
}
