import { posix } from 'node:path'
import { checkNames } from '../../request/options.ts'
import { checkProtocol, type ProtocolOption, transfer } from '../sftp/transfer.ts'
import { COMMON_OPTIONS, type CommonOptions, withLimits, withSignal } from '../shared/limits.ts'
import type { FileStat } from './file-stat.ts'
import { type FilesPath, filesAt } from './files-path.ts'
import { statWithSize } from './http-stat.ts'
import { statIfThere } from './remote-directory.ts'

const OPTIONS: ReadonlySet<string> = new Set<keyof (CommonOptions & ProtocolOption)>([
  ...COMMON_OPTIONS,
  'by',
])

/**
 * The stat of a path in an instance or a volume, without following symlinks; `undefined` if it does not exist.
 *
 * By SFTP, which is used where the server has it and costs the same, it tells pipes, sockets and devices from files, and
 * setuid, setgid and sticky.
 *
 * @throws {APINotFoundException} there is no such instance or volume
 * @example
 * const { size } = (await fileStat(api.instances.web, '/etc/hosts')) ?? {}
 */
export async function fileStat(
  item: FilesPath,
  path: string,
  options: CommonOptions & ProtocolOption = {},
): Promise<FileStat | undefined> {
  checkNames(options, OPTIONS, 'fileStat()')
  checkProtocol(options.by, 'fileStat()')
  const files = filesAt(item, 'fileStat()')
  const { by } = options
  return withLimits(files, options, 'fileStat()', signal =>
    transfer(files, {
      by,
      purpose: 'fileStat()',
      signal,
      bySftp: ({ operations }) => statIfThere(operations, posix.resolve('/', path)),
      byHttp: () => statWithSize(withSignal(files, signal), path),
    }),
  )
}
