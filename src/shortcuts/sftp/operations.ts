import type { FileStat } from '../files/file-stat.ts'
import { type AttributeChange, decodeAttributes, encodeAttributes, splitChange } from './attributes.ts'
import type { SftpConnection } from './connection.ts'
import { type Field, REPLY, REQUEST } from './packets.ts'
import type { Reply } from './reply.ts'

/** A name in a directory, with what it is. */
export interface DirectoryEntry extends FileStat {
  readonly name: string
}

/** Where a handle of the server leads, for exceptions. */
export interface Handle {
  readonly id: Buffer
  readonly path: string
}

const POSIX_RENAME = 'posix-rename@openssh.com'

/** The requests of SFTP version 3, one method each. */
export class SftpOperations {
  readonly connection: SftpConnection

  constructor(connection: SftpConnection) {
    this.connection = connection
  }

  async open(path: string, flags: number, mode?: number): Promise<Handle> {
    const attributes = encodeAttributes({ mode })
    return this.#openHandle(REQUEST.open, 'open', path, [flags, ...attributes])
  }

  async openDirectory(path: string): Promise<Handle> {
    return this.#openHandle(REQUEST.opendir, 'opendir', path, [])
  }

  async close({ id, path }: Handle): Promise<void> {
    await this.#change(REQUEST.close, 'close', path, [id])
  }

  /** Closes what was only read, or has failed: then nothing depends on it. */
  async discard(handle: Handle): Promise<void> {
    try {
      await this.close(handle)
    } catch {
      // The connection is lost, or this was aborted, which the caller hears of otherwise.
    }
  }

  /** Reads up to `length` bytes; `undefined` at the end. */
  read({ id, path }: Handle, position: number, length: number): Promise<Buffer | undefined> {
    return this.connection.request({
      type: REQUEST.read,
      operation: { name: 'read', path },
      fields: [id, BigInt(position), length],
      reply: REPLY.data,
      read: reply => {
        const bytes = reply.bytes()
        if (bytes.length > length) throw new Error(`The server sent ${bytes.length} bytes for ${length}`)
        return bytes
      },
    })
  }

  /** Writes bytes, which must not change until this resolves. */
  async write({ id, path }: Handle, position: number, bytes: Uint8Array): Promise<void> {
    await this.#change(REQUEST.write, 'write', path, [id, BigInt(position)], bytes)
  }

  /** Reads the next names of a directory, without `.` and `..`; `undefined` at the end. */
  readDirectory({ id, path }: Handle): Promise<DirectoryEntry[] | undefined> {
    return this.connection.request({
      type: REQUEST.readdir,
      operation: { name: 'readdir', path },
      fields: [id],
      reply: REPLY.name,
      read: readNames,
    })
  }

  stat(path: string): Promise<FileStat> {
    return this.#readStat(REQUEST.stat, 'stat', path, path)
  }

  lstat(path: string): Promise<FileStat> {
    return this.#readStat(REQUEST.lstat, 'lstat', path, path)
  }

  statHandle({ id, path }: Handle): Promise<FileStat> {
    return this.#readStat(REQUEST.fstat, 'fstat', path, id)
  }

  async setStat(path: string, change: AttributeChange, name: string): Promise<void> {
    await Promise.all(
      splitChange(change).map(one =>
        this.#change(REQUEST.setstat, name, path, [path, ...encodeAttributes(one)]),
      ),
    )
  }

  async setStatOfHandle({ id, path }: Handle, change: AttributeChange, name: string): Promise<void> {
    await Promise.all(
      splitChange(change).map(one =>
        this.#change(REQUEST.fsetstat, name, path, [id, ...encodeAttributes(one)]),
      ),
    )
  }

  async removeFile(path: string): Promise<void> {
    await this.#change(REQUEST.remove, 'remove', path, [path])
  }

  async makeDirectory(path: string, mode?: number): Promise<void> {
    await this.#change(REQUEST.mkdir, 'mkdir', path, [path, ...encodeAttributes({ mode })])
  }

  async removeDirectory(path: string): Promise<void> {
    await this.#change(REQUEST.rmdir, 'rmdir', path, [path])
  }

  /** Renames, and replaces what has the new name, in one step; a server without the extension refuses to replace. */
  async rename(from: string, to: string): Promise<void> {
    const isPosix = this.connection.has(POSIX_RENAME)
    if (isPosix) await this.#change(REQUEST.extended, 'rename', from, [POSIX_RENAME, from, to])
    else await this.#change(REQUEST.rename, 'rename', from, [from, to])
  }

  async readLink(path: string): Promise<string> {
    const read = (reply: Reply): string => {
      if (reply.uint32() !== 1) throw new Error('The server sent no target of a link')
      return reply.text()
    }
    return this.#ask(REQUEST.readlink, 'readlink', path, [path], REPLY.name, read)
  }

  // OpenSSH, and all that follow it, have the two the other way round than the specification.
  async makeSymlink(target: string, path: string): Promise<void> {
    await this.#change(REQUEST.symlink, 'symlink', path, [target, path])
  }

  /** The numbers of statvfs(3), in its order. */
  async statFileSystem(path: string): Promise<bigint[]> {
    const fields = ['statvfs@openssh.com', path]
    const read = (reply: Reply): bigint[] => Array.from({ length: 11 }, () => reply.uint64())
    return this.#ask(REQUEST.extended, 'statfs', path, fields, REPLY.extended, read)
  }

  async #openHandle(type: number, name: string, path: string, fields: readonly Field[]): Promise<Handle> {
    // A copy: the bytes of the reply are a part of a chunk.
    const read = (reply: Reply): Buffer => Buffer.from(reply.bytes())
    return { id: await this.#ask(type, name, path, [path, ...fields], REPLY.handle, read), path }
  }

  #readStat(type: number, name: string, path: string, field: Field): Promise<FileStat> {
    return this.#ask(type, name, path, [field], REPLY.attributes, decodeAttributes)
  }

  async #ask<T>(
    type: number,
    name: string,
    path: string,
    fields: readonly Field[],
    reply: number,
    read: (reply: Reply) => T,
  ): Promise<T> {
    const answer = await this.connection.request({ type, operation: { name, path }, fields, reply, read })
    if (answer === undefined) throw this.connection.fail(`The server answered ${name} with the end of a file`)
    return answer
  }

  #change(
    type: number,
    name: string,
    path: string,
    fields: readonly Field[],
    content?: Uint8Array,
  ): Promise<undefined> {
    return this.connection.request({ type, operation: { name, path }, fields, content, reply: REPLY.status })
  }
}

function readNames(reply: Reply): DirectoryEntry[] {
  const entries: DirectoryEntry[] = []
  for (let left = reply.uint32(); left > 0; left--) {
    const name = reply.text()
    // What `ls -l` would print.
    reply.bytes()
    const stat = decodeAttributes(reply)
    if (name !== '.' && name !== '..') entries.push({ name, ...stat })
  }
  return entries
}
