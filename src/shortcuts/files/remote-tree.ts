import type { Stats } from 'node:fs'
import type { AttributeChange } from '../sftp/attributes.ts'
import { brokenFile } from '../sftp/broken-file.ts'
import { NewOwners } from '../sftp/new-owners.ts'
import type { SftpTransfer } from '../sftp/run-transfer.ts'
import { writeNewFile } from '../sftp/write-file.ts'
import type { CopyCounter } from './directory-options.ts'
import type { OpenFile } from './open-directory.ts'
import type { TreeSource } from './push-options.ts'

/** Writes the copies of what is on this machine into an instance over SFTP, each whole or not at all. */
export class RemoteTree {
  readonly #transfer: SftpTransfer
  readonly #source: TreeSource
  readonly #counter: CopyCounter
  readonly #newOwners = new NewOwners()

  constructor(transfer: SftpTransfer, source: TreeSource, counter: CopyCounter) {
    this.#transfer = transfer
    this.#source = source
    this.#counter = counter
  }

  async makeDirectory(remote: string, stats: Stats): Promise<void> {
    const { operations } = this.#transfer
    const { mode, owner } = this.attributesOf(stats)
    await operations.makeDirectory(remote, mode)
    await operations.setStat(remote, { mode, owner }, 'setstat')
    this.#counter.directories++
  }

  /** Sets the times of a directory; what is written into it changes them. */
  async setTimes(remote: string, stats: Stats): Promise<void> {
    await this.#transfer.operations.setStat(remote, { times: this.attributesOf(stats).times }, 'utimes')
  }

  /** Sends a file, and replaces what is in its place. */
  async sendFile(remote: string, { file, stats }: OpenFile, signal: AbortSignal): Promise<void> {
    const { operations, temporaries } = this.#transfer
    let sent = 0
    const onBytes = (bytes: number): void => {
      sent += bytes
      this.#counter.add(bytes)
    }
    const local = { file, path: remote, size: stats.size, signal, onBytes }
    const attributes = this.attributesOf(stats)
    try {
      await temporaries.replace(remote, temporary =>
        writeNewFile(operations, temporary, local, attributes, this.#newOwners),
      )
    } catch (error) {
      throw brokenFile(error, remote, sent, stats.size)
    }
    this.#counter.files++
  }

  /** Creates a symlink, and replaces what is in its place. */
  async makeSymlink(remote: string, target: string): Promise<void> {
    const { operations, temporaries } = this.#transfer
    try {
      await temporaries.replace(remote, temporary => operations.makeSymlink(target, temporary))
    } catch (error) {
      throw brokenFile(error, remote, 0, undefined)
    }
    this.#counter.symlinks++
  }

  /** The attributes of the copy of what is on this machine. */
  attributesOf(stats: Stats): Required<Omit<AttributeChange, 'size'>> {
    return {
      mode: stats.mode & 0o7777,
      owner: this.#source.ownerOf(stats),
      times: { accessed: stats.atime, modified: stats.mtime },
    }
  }
}
