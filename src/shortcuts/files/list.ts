import { posix } from 'node:path'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { SftpOperations } from '../sftp/operations.ts'
import { checkProtocol, type ProtocolOption, transfer } from '../sftp/transfer.ts'
import { COMMON_OPTIONS, type CommonOptions, withLimits, withSignal } from '../shared/limits.ts'
import { type FilesPath, filesAt } from './files-path.ts'
import { readStat, wrongType } from './http-stat.ts'
import { plainNamesIn } from './plain-names.ts'
import { listNames } from './remote-directory.ts'

const OPTIONS: ReadonlySet<string> = new Set<keyof (CommonOptions & ProtocolOption)>([
  ...COMMON_OPTIONS,
  'by',
])

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
  options: CommonOptions & ProtocolOption = {},
): Promise<string[]> {
  checkNames(options, OPTIONS, 'fileList()')
  checkProtocol(options.by, 'fileList()')
  const files = filesAt(item, 'fileList()')
  return withLimits(files, options, 'fileList()', signal =>
    transfer(files, {
      // Which takes a single request.
      by: options.by ?? 'http',
      purpose: `fileList() ${path}`,
      signal,
      bySftp: ({ operations }) => listBySftp(operations, posix.resolve('/', path)),
      byHttp: () => listByHttp(withSignal(files, signal), path),
    }),
  )
}

async function listByHttp(files: Path, path: string): Promise<string[]> {
  const result = await files.get({ query: { path } })
  if (readStat(result).type !== 'directory') throw wrongType(result, path, 'it has no names to list')
  return plainNamesIn(result).toSorted()
}

async function listBySftp(operations: SftpOperations, path: string): Promise<string[]> {
  return [...(await listNames(operations, path)).keys()].sort()
}
