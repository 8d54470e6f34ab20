import { sep } from 'node:path'
import type { APIResult } from '../result.ts'
import { wrongType } from './file-stat.ts'

/**
 * The names in a directory, each once, as it was read from a server.
 *
 * @throws {APIException} one of them is no name, and could lead out of the folder that it is meant for
 */
export function plainNamesIn(result: APIResult): string[] {
  // A server that is not what it seems may send anything.
  const names: unknown[] = Array.isArray(result.metadata) ? result.metadata : []
  return [...new Set(names)].map(name => {
    if (typeof name === 'string' && isPlainName(name)) return name
    throw wrongType(
      result,
      String(result.request.path),
      `with ${JSON.stringify(name)} in it, which is no name`,
    )
  })
}

function isPlainName(name: string): boolean {
  return !['', '.', '..'].includes(name) && !/[/\0]/.test(name) && !name.includes(sep)
}
