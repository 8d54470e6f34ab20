import type { HeaderValues } from '../../request/options.ts'
import { checkId, checkInteger } from '../shared/integers.ts'
import type { FileStat } from './stat.ts'

/** Whose a file is, and who may do what with it. */
export interface FilePermissions {
  /** Permission bits, up to 0o777: the servers know no others. */
  readonly mode?: number
  /** Numeric id, as seen from within the instance. */
  readonly uid?: number
  /** Numeric id, as seen from within the instance. */
  readonly gid?: number
}

const NAMES = ['mode', 'uid', 'gid'] as const

/**
 * Refuses permissions that no file can have, before anything is sent.
 *
 * @throws {TypeError} one of them is no such number
 */
export function checkPermissions({ mode, uid, gid }: FilePermissions): void {
  if (mode !== undefined) checkInteger('mode', mode, 0o777, '0o777')
  checkId('uid', uid)
  checkId('gid', gid)
}

/** The headers that make a file of a type. */
export function fileHeaders(type: FileStat['type'], permissions: FilePermissions): HeaderValues {
  checkPermissions(permissions)
  const { mode, uid, gid } = permissions
  const given = NAMES.filter(name => permissions[name] !== undefined)
  return {
    'content-type': 'application/octet-stream',
    'X-LXD-type': type,
    // Without its 0 the servers read it as a decimal number.
    'X-LXD-mode': mode === undefined ? undefined : `0${mode.toString(8)}`,
    'X-LXD-uid': uid === undefined ? undefined : String(uid),
    'X-LXD-gid': gid === undefined ? undefined : String(gid),
    // For what exists already; servers that don't know this leave it as it is.
    'X-LXD-modify-perm': given.length === 0 ? undefined : given.join(','),
  }
}

/** Has a file other permissions than those that are asked for? */
export function hasOtherPermissions(stat: FileStat, permissions: FilePermissions): boolean {
  return NAMES.some(name => permissions[name] !== undefined && permissions[name] !== stat[name])
}
