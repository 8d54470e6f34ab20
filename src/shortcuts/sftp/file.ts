import { types } from 'node:util'
import type { FileStat } from '../files/file-stat.ts'
import { checkInteger } from '../shared/integers.ts'
import type { Handle, SftpOperations } from './operations.ts'
import { CHUNK_SIZE, OPEN } from './packets.ts'
import { readRange } from './read-range.ts'

/** How a file is opened; as in Node.js, but for appending, which the protocol does not have. */
export type OpenFlags = 'r' | 'r+' | 'w' | 'wx' | 'w+' | 'wx+'

const FLAGS: Readonly<Record<OpenFlags, number>> = {
  r: OPEN.read,
  'r+': OPEN.read | OPEN.write,
  w: OPEN.write | OPEN.create | OPEN.truncate,
  wx: OPEN.write | OPEN.create | OPEN.exclusive,
  'w+': OPEN.read | OPEN.write | OPEN.create | OPEN.truncate,
  'wx+': OPEN.read | OPEN.write | OPEN.create | OPEN.exclusive,
}

/**
 * The bits of flags in the protocol.
 *
 * @throws {TypeError} there are no such flags
 */
export function openFlags(flags: OpenFlags): number {
  const bits = Object.hasOwn(FLAGS, flags) ? FLAGS[flags] : undefined
  if (bits !== undefined) return bits
  throw new TypeError(
    `open(): the flags must be one of ${Object.keys(FLAGS).join(', ')}, not ${String(flags)}`,
  )
}

/** An open file of an instance or a volume, like a `FileHandle` of `node:fs/promises`. */
export class RemoteFile {
  readonly #operations: SftpOperations
  readonly #handle: Handle
  #position = 0
  #closing: Promise<void> | undefined

  /** @internal Use `files.open()`. */
  constructor(operations: SftpOperations, handle: Handle) {
    this.#operations = operations
    this.#handle = handle
  }

  /**
   * Reads into a buffer, from `position` on; without one, from where the last such read or write ended.
   *
   * @returns how many bytes were read, which are less than asked for only at the end of the file
   */
  async read<B extends Uint8Array>(
    buffer: B,
    offset = 0,
    length = buffer.byteLength - offset,
    position: number | null = null,
  ): Promise<{ readonly bytesRead: number; readonly buffer: B }> {
    checkRange(buffer, offset, length, position)
    const start = position ?? this.#position
    let bytesRead = 0
    for await (const bytes of readRange(this.#operations, this.#handle, start, length)) {
      buffer.set(bytes, offset + bytesRead)
      bytesRead += bytes.length
    }
    if (position === null) this.#position = start + bytesRead
    return { bytesRead, buffer }
  }

  /**
   * Writes a buffer, to `position` on; without one, to where the last such read or write ended. As in Node.js, the buffer
   * must not change until this resolves.
   */
  async write<B extends Uint8Array>(
    buffer: B,
    offset = 0,
    length = buffer.byteLength - offset,
    position: number | null = null,
  ): Promise<{ readonly bytesWritten: number; readonly buffer: B }> {
    checkRange(buffer, offset, length, position)
    const start = position ?? this.#position
    if (position === null) this.#position = start + length
    const writes: Promise<void>[] = []
    for (let at = 0; at < length; at += CHUNK_SIZE) {
      const from = offset + at
      const bytes = buffer.subarray(from, Math.min(from + CHUNK_SIZE, offset + length))
      writes.push(this.#operations.write(this.#handle, start + at, bytes))
    }
    await Promise.all(writes)
    return { bytesWritten: length, buffer }
  }

  /** Reads the type, the size in bytes, the owner, the mode and the time of the last change. */
  stat(): Promise<FileStat> {
    return this.#operations.statHandle(this.#handle)
  }

  /** Cuts the file, or makes it longer with zeros. */
  truncate(length = 0): Promise<void> {
    checkInteger('length', length, Number.MAX_SAFE_INTEGER)
    return this.#operations.setStatOfHandle(this.#handle, { size: length }, 'truncate')
  }

  /** Closes the file; a second time does nothing. */
  close(): Promise<void> {
    this.#closing ??= this.#operations.close(this.#handle)
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

function checkRange(buffer: Uint8Array, offset: number, length: number, position: number | null): void {
  if (!types.isUint8Array(buffer)) throw new TypeError('The buffer must be a Uint8Array')
  checkInteger('offset', offset, buffer.byteLength)
  checkInteger('length', length, buffer.byteLength - offset)
  if (position !== null) checkInteger('position', position, Number.MAX_SAFE_INTEGER)
}
