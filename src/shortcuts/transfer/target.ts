import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Writable } from 'node:stream'
import { FileSink } from './file-sink.ts'
import type { TransferTarget } from './options.ts'

/** What a file is given before it gets its name. */
export interface FileAttributes {
  /** Permission bits; 0666 less the umask unless given. */
  readonly mode?: number
  readonly owner?: { readonly uid: number; readonly gid: number }
}

/** Has a target written to. A file with that path is there whole or not at all, whatever `write` does. */
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

/** Writes a file beside the path under another name, then renames it; a link in its place is replaced, not followed. */
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

/** A name beside a path for what is not whole yet. */
export function temporaryPathFor(path: string): string {
  return join(dirname(path), `.lxdapi-${randomBytes(6).toString('hex')}.temporary`)
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

// A device or a pipe is written to as it is; a folder is for open() to refuse.
async function isSpecial(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isFile()
  } catch (error) {
    if (isFileNotFound(error)) return false
    throw error
  }
}

/** Is this the error of a path where nothing is? */
export function isFileNotFound(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
