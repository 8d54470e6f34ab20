import type { FileStat, FileType } from '../files/file-stat.ts'
import type { Field } from './packets.ts'
import type { Reply } from './reply.ts'

/** What of a file is to be changed. */
export interface AttributeChange {
  readonly size?: number
  readonly owner?: { readonly uid: number; readonly gid: number }
  /** With setuid, setgid and sticky: up to 0o7777. */
  readonly mode?: number
  readonly times?: { readonly accessed: Date; readonly modified: Date }
}

const FLAG = { size: 1, owner: 2, mode: 4, times: 8, extended: 0x80000000 } as const
const MAX_SECONDS = 2 ** 32 - 1
// A map, since Biome writes octal keys of an object as other numbers.
const TYPES: ReadonlyMap<number, FileType> = new Map([
  [0o010000, 'pipe'],
  [0o020000, 'device'],
  [0o040000, 'directory'],
  [0o060000, 'device'],
  [0o100000, 'file'],
  [0o120000, 'symlink'],
  [0o140000, 'socket'],
])
const TYPE_BITS = 0o170000
const MODE_BITS = 0o7777

/** The fields of attributes. */
export function encodeAttributes({ size, owner, mode, times }: AttributeChange): Field[] {
  let flags = 0
  const fields: Field[] = []
  const add = (flag: number, ...values: readonly Field[]): void => {
    flags |= flag
    fields.push(...values)
  }
  if (size !== undefined) add(FLAG.size, BigInt(size))
  if (owner !== undefined) add(FLAG.owner, owner.uid, owner.gid)
  if (mode !== undefined) add(FLAG.mode, mode & MODE_BITS)
  if (times !== undefined) add(FLAG.times, toSeconds(times.accessed), toSeconds(times.modified))
  return [flags, ...fields]
}

/**
 * Attributes as the servers read them: the owner alone, the rest together.
 *
 * The library of LXD 5.0 and Incus 6.0 reads the owner behind the times instead of before the mode.
 */
export function splitChange({ owner, ...rest }: AttributeChange): AttributeChange[] {
  const others = Object.values(rest).some(value => value !== undefined) ? [rest] : []
  // First the owner: a change of it clears setuid and setgid.
  return owner === undefined ? others : [{ owner }, ...others]
}

/** Reads attributes in a reply. */
export function decodeAttributes(reply: Reply): FileStat {
  const flags = reply.uint32()
  const size = flags & FLAG.size ? Number(reply.uint64()) : undefined
  const [uid, gid] = flags & FLAG.owner ? [reply.uint32(), reply.uint32()] : [0, 0]
  const mode = flags & FLAG.mode ? reply.uint32() : 0
  const times = flags & FLAG.times ? { accessed: reply.uint32(), modified: reply.uint32() } : undefined
  if (flags & FLAG.extended) skipExtended(reply)
  const type = TYPES.get(mode & TYPE_BITS) ?? 'file'
  return {
    type,
    mode: mode & MODE_BITS,
    uid,
    gid,
    modified: new Date((times?.modified ?? 0) * 1000),
    ...(type === 'file' && size !== undefined && { size }),
  }
}

function skipExtended(reply: Reply): void {
  for (let left = reply.uint32(); left > 0; left--) {
    reply.bytes()
    reply.bytes()
  }
}

/** Whole seconds as the protocol has them, from 1970 to 2106. */
export function toSeconds(time: Date): number {
  return Math.min(Math.max(Math.floor(time.getTime() / 1000), 0), MAX_SECONDS)
}
