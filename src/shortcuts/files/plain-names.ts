import { posix } from 'node:path'
import { listIn } from '../../answer/metadata.ts'
import type { APIResult } from '../../result.ts'
import { isPlainName } from '../shared/plain-name.ts'
import { wrongType } from './http-stat.ts'

/** In bytes: Linux accepts no longer path. */
export const MAX_PATH_LENGTH = 4096

/**
 * The paths of the entries of a directory that a server listed.
 *
 * @throws {APIException} one of them leads elsewhere, or directories are nested without end
 */
export function pathsIn(result: APIResult, directory: string): string[] {
  return plainNamesIn(result).map(name => {
    const path = posix.join(directory, name)
    if (Buffer.byteLength(path) < MAX_PATH_LENGTH) return path
    throw wrongType(result, String(result.request.path), 'and deeper than a path can lead')
  })
}

/**
 * The unique names of the entries of a directory that a server listed.
 *
 * @throws {APIException} one of them is not a name, and could lead out of the target folder
 */
export function plainNamesIn(result: APIResult): string[] {
  // A malicious server may send anything.
  return [...new Set(listIn(result))].map(name => {
    if (isPlainName(name)) return name
    throw wrongType(
      result,
      String(result.request.path),
      `with ${JSON.stringify(name)} in it, which is no name`,
    )
  })
}
