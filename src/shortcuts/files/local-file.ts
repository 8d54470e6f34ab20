import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import type { FileWriter } from '../sftp/read-file.ts'
import { writeAll } from '../transfer/file-sink.ts'
import { temporaryPathFor } from '../transfer/target.ts'
import type { FileStat } from './file-stat.ts'
import { copiedMode } from './local-tree.ts'

/** How a local file is created. */
export interface LocalFileOptions {
  /** Whether nothing else can be in its place, in a directory that is new: then it needs no temporary name. */
  readonly isNew: boolean
  readonly hasOwner: boolean
  readonly onBytes: (bytes: number) => void
}

/** A file of this machine that is being written: complete or not at all. */
export class LocalFile implements FileWriter {
  readonly #file: FileHandle
  readonly #path: string
  readonly #written: string
  readonly #stat: FileStat
  readonly #options: LocalFileOptions

  private constructor(
    file: FileHandle,
    path: string,
    written: string,
    stat: FileStat,
    options: LocalFileOptions,
  ) {
    this.#file = file
    this.#path = path
    this.#written = written
    this.#stat = stat
    this.#options = options
  }

  /** Creates it; a symlink at the path is replaced in the end, not followed. */
  static async create(path: string, stat: FileStat, options: LocalFileOptions): Promise<LocalFile> {
    const written = options.isNew ? path : temporaryPathFor(path)
    return new LocalFile(await open(written, 'wx', 0o600), path, written, stat, options)
  }

  async write(chunks: readonly Uint8Array[]): Promise<void> {
    const bytes = await writeAll(this.#file, chunks)
    this.#options.onBytes(bytes)
  }

  /** Gives it its owner, mode and time, and its name. */
  async finish(): Promise<void> {
    try {
      await this.#complete()
      if (!this.#options.isNew) await rename(this.#written, this.#path)
    } catch (error) {
      await rm(this.#written, { force: true })
      throw error
    }
  }

  /** Removes what is incomplete. */
  async discard(): Promise<void> {
    await this.#file.close()
    await rm(this.#written, { force: true })
  }

  async #complete(): Promise<void> {
    const { uid, gid, modified } = this.#stat
    const { hasOwner } = this.#options
    try {
      // First the owner: a change of it clears setuid and setgid.
      if (hasOwner) await this.#file.chown(uid, gid)
      await this.#file.chmod(copiedMode(this.#stat, hasOwner))
      await this.#file.utimes(modified, modified)
    } finally {
      await this.#file.close()
    }
  }
}
