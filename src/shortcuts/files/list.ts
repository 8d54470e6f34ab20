import { checkNames } from '../../request/options.ts'
import { COMMON_OPTIONS, type CommonOptions, withLimitedPath } from '../shared/limits.ts'
import type { FilesPath } from './files-path.ts'
import { plainNamesIn } from './plain-names.ts'
import { filesAt, readStat, wrongType } from './stat.ts'

const OPTIONS: ReadonlySet<string> = new Set<keyof CommonOptions>(COMMON_OPTIONS)

/**
 * Lists the names in a directory of an instance or a volume, sorted.
 *
 * @throws {APINotFoundException} there is no such path, or no such instance or volume
 * @throws {APIException} it is not a directory
 * @example
 * for (const name of await fileList(api.instances.web, '/srv')) console.log(name)
 */
export async function fileList(
  item: FilesPath,
  path: string,
  options: CommonOptions = {},
): Promise<string[]> {
  checkNames(options, OPTIONS, 'fileList()')
  return withLimitedPath(filesAt(item, 'fileList()'), options, 'fileList()', async files => {
    const result = await files.get({ query: { path } })
    if (readStat(result).type !== 'directory') throw wrongType(result, path, 'it has no names to list')
    return plainNamesIn(result).toSorted()
  })
}
