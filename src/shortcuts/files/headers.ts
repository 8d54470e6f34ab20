import type { HeaderValues } from '../../request/options.ts'
import { checkId, checkInteger } from '../shared/integers.ts'
import type { FileStat } from './file-stat.ts'

/** The mode and the owner of a file. */
export interface FilePermissions {
  /** The permission bits, up to 0o777: the servers support no others. */
  readonly mode?: number
  /** The numeric id of the owner, as seen from within the instance. */
  readonly uid?: number
  /** The numeric id of the group, as seen from within the instance. */
  readonly gid?: number
}

const NAMES = ['mode', 'uid', 'gid'] as const

/**
 * Rejects permissions that no file can have, before anything is sent.
 *
 * @throws {TypeError} one of them is not such a number
 */
export function checkPermissions({ mode, uid, gid }: FilePermissions): void {
  if (mode !== undefined) checkInteger('mode', mode, 0o777, '0o777')
  checkId('uid', uid)
  checkId('gid', gid)
}

/** The headers of a request that creates a file of a type. */
export function fileHeaders(type: FileStat['type'], permissions: FilePermissions): HeaderValues {
  checkPermissions(permissions)
  const { mode, uid, gid } = permissions
  const given = NAMES.filter(name => permissions[name] !== undefined)
  return {
    'content-type': 'application/octet-stream',
    'X-LXD-type': type,
    // Without the leading 0 the servers parse it as decimal.
    'X-LXD-mode': mode === undefined ? undefined : `0${mode.toString(8)}`,
    'X-LXD-uid': uid === undefined ? undefined : String(uid),
    'X-LXD-gid': gid === undefined ? undefined : String(gid),
    // For a file that exists; servers without this header leave its permissions unchanged.
    'X-LXD-modify-perm': given.length === 0 ? undefined : given.join(','),
  }
}

/** Whether a file has other permissions than the given ones. */
export function hasOtherPermissions(stat: FileStat, permissions: FilePermissions): boolean {
  return NAMES.some(name => permissions[name] !== undefined && permissions[name] !== stat[name])
}
