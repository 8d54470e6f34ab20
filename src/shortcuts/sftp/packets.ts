import { checkUnicode } from '../../common/unicode.ts'

/** The types of requests of SFTP version 3. */
export const REQUEST = {
  init: 1,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  extended: 200,
} as const

/** The types of replies. */
export const REPLY = {
  version: 2,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attributes: 105,
  extended: 201,
} as const

/** The flags of an open request. */
export const OPEN = { read: 1, write: 2, create: 8, truncate: 16, exclusive: 32 } as const

/** The version of the protocol. */
export const VERSION = 3
/** In bytes: what every server reads and writes at once. */
export const CHUNK_SIZE = 32 * 1024

/** A field of a packet: a 32-bit number, a 64-bit one, text or bytes with their length. */
export type Field = number | bigint | string | Uint8Array

const HEAD_LENGTH = 9

/**
 * The bytes of a request. `init` has the version in the place of the id.
 *
 * @param content bytes that end the request, which are not copied: they have to be sent after what this returns
 */
export function encodeRequest(
  type: number,
  id: number,
  fields: readonly Field[],
  content?: Uint8Array,
): Buffer {
  let length = HEAD_LENGTH
  for (const field of fields) length += lengthOf(field)
  if (content !== undefined) length += 4
  const packet = Buffer.allocUnsafe(length)
  packet.writeUInt32BE(length - 4 + (content?.length ?? 0), 0)
  packet[4] = type
  packet.writeUInt32BE(id, 5)
  let at = HEAD_LENGTH
  for (const field of fields) at = writeField(packet, at, field)
  if (content !== undefined) packet.writeUInt32BE(content.length, at)
  return packet
}

/**
 * Rejects a path that can't be sent.
 *
 * @throws {TypeError} it is empty, or has a NUL or a lone surrogate in it
 */
export function checkRemotePath(path: string, call: string): void {
  if (typeof path !== 'string' || path === '' || path.includes('\0'))
    throw new TypeError(`${call}: a path must be text that is not empty, not ${JSON.stringify(path)}`)
  checkUnicode(path, `${call}: a path`)
}

function lengthOf(field: Field): number {
  if (typeof field === 'number') return 4
  if (typeof field === 'bigint') return 8
  return 4 + (typeof field === 'string' ? Buffer.byteLength(field) : field.length)
}

function writeField(packet: Buffer, at: number, field: Field): number {
  if (typeof field === 'number') return packet.writeUInt32BE(field, at)
  if (typeof field === 'bigint') return packet.writeBigUInt64BE(field, at)
  const start = at + 4
  if (typeof field !== 'string') packet.set(field, start)
  const length = typeof field === 'string' ? packet.write(field, start) : field.length
  packet.writeUInt32BE(length, at)
  return start + length
}
