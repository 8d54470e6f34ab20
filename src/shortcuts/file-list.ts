import { filesOf, readStat, wrongType } from './file-stat.ts'
import type { ApiRoot } from './resource.ts'

/**
 * The names in a directory of an instance, sorted.
 *
 * @throws {APINotFoundException} there is no such path, or no such instance
 * @throws {APIException} it is no directory
 */
export async function fileList(api: ApiRoot, instance: string, path: string): Promise<string[]> {
  const result = await filesOf(api, instance).get({ query: { path } })
  if (readStat(result.response.headers).type !== 'directory')
    throw wrongType(result, path, 'it has no names to list')
  // True: it is what a directory's metadata is; an empty one may have null.
  return ((result.metadata ?? []) as string[]).toSorted()
}
