import { posix } from 'node:path'
import { listIn } from '../../answer/metadata.ts'
import type { APIResult } from '../../result.ts'
import { isPlainName } from '../shared/plain-name.ts'
import { wrongType } from './stat.ts'

// Linux takes no longer path.
const MAX_PATH_LENGTH = 4096

/**
 * The paths of what is in a directory, as it was read from a server.
 *
 * @throws {APIException} one of them leads elsewhere, or there is no end to the directories in one another
 */
export function pathsIn(result: APIResult, directory: string): string[] {
  return plainNamesIn(result).map(name => {
    const path = posix.join(directory, name)
    if (Buffer.byteLength(path) < MAX_PATH_LENGTH) return path
    throw wrongType(result, String(result.request.path), 'and deeper than a path can lead')
  })
}

/**
 * The names in a directory, each once, as it was read from a server.
 *
 * @throws {APIException} one of them is no name, and could lead out of the folder that it is meant for
 */
export function plainNamesIn(result: APIResult): string[] {
  // A server that is not what it seems may send anything.
  return [...new Set(listIn(result))].map(name => {
    if (isPlainName(name)) return name
    throw wrongType(
      result,
      String(result.request.path),
      `with ${JSON.stringify(name)} in it, which is no name`,
    )
  })
}
