import { plainNamesIn } from '../shared/plain-names.ts'
import type { ApiRoot } from '../shared/resource.ts'
import { filesOf, readStat, wrongType } from './stat.ts'

/**
 * The names in a directory of an instance, sorted.
 *
 * @throws {APINotFoundException} there is no such path, or no such instance
 * @throws {APIException} it is no directory
 */
export async function fileList(api: ApiRoot, instance: string, path: string): Promise<string[]> {
  const result = await filesOf(api, instance).get({ query: { path } })
  if (readStat(result).type !== 'directory') throw wrongType(result, path, 'it has no names to list')
  return plainNamesIn(result).toSorted()
}
