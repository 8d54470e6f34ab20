import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Writable } from 'node:stream'
import { FileSink } from './file-sink.ts'
import type { TransferTarget } from './options.ts'

/** The permissions of a file, set before it is renamed to its final name. */
export interface FileAttributes {
  /** The permission bits; by default 0666 minus the umask. */
  readonly mode?: number
  readonly owner?: { readonly uid: number; readonly gid: number }
}

/** Writes to a target by `write`. A file is written atomically: complete or not at all. */
export async function writeTarget<T>(
  target: TransferTarget,
  attributes: FileAttributes,
  write: (stream: Writable) => Promise<T>,
): Promise<T> {
  if (target instanceof Writable) return write(target)
  if (typeof target !== 'string') return write(Writable.fromWeb(target))
  const path = await followLinks(target)
  return (await isSpecial(path)) ? write(createWriteStream(path)) : writeFileWhole(path, attributes, write)
}

/** Writes a temporary file next to the path, then renames it; a symlink at the path is replaced, not followed. */
export async function writeFileWhole<T>(
  path: string,
  attributes: FileAttributes,
  write: (stream: Writable) => Promise<T>,
): Promise<T> {
  const temporary = temporaryPathFor(path)
  const file = await open(temporary, 'wx', attributes.mode === undefined ? 0o666 : 0o600)
  try {
    const written = await write(await prepare(file, attributes))
    await rename(temporary, path)
    return written
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** A temporary path in the same folder, for what is incomplete. */
export function temporaryPathFor(path: string): string {
  return join(dirname(path), `.lxdapi-${randomBytes(6).toString('hex')}.part`)
}

async function prepare(file: FileHandle, { mode, owner }: FileAttributes): Promise<Writable> {
  try {
    if (owner !== undefined) await file.chown(owner.uid, owner.gid)
    if (mode !== undefined) await file.chmod(mode)
    return new FileSink(file)
  } catch (error) {
    await file.close()
    throw error
  }
}

async function followLinks(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (isFileNotFound(error)) return path
    throw error
  }
}

// Devices and pipes are written to directly; for a folder, open() fails.
async function isSpecial(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isFile()
  } catch (error) {
    if (isFileNotFound(error)) return false
    throw error
  }
}

/** Whether an error says that a path does not exist. */
export function isFileNotFound(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
