import { posix } from 'node:path'
import { keepFailures } from '../../common/ignore-errors.ts'
import type { ApiPath } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { APIResult } from '../../result.ts'
import { withLimits } from '../shared/limits.ts'
import { collect, download } from '../transfer/download.ts'
import { TRANSFER_OPTIONS, type TransferOptions, type TransferTarget } from '../transfer/options.ts'
import { writeTarget } from '../transfer/target.ts'
import { type FilesPath, filesAt } from './files-path.ts'
import { readStat, wrongType } from './http-stat.ts'
import { readLinkTarget } from './symlink-target.ts'

const OPTIONS: ReadonlySet<string> = new Set(TRANSFER_OPTIONS)
// As in Linux.
const MAX_LINKS = 40

/**
 * Copies a file out of an instance or a volume; symlinks are followed.
 *
 * With the path of a file to write, that file gets the permission bits of the original, and is written atomically. A
 * stream is ended.
 *
 * @returns the number of bytes written; without a target, the bytes
 * @throws {APINotFoundException} there is no such file, or no such instance or volume
 * @throws {APITransferException} the transfer was interrupted
 * @example
 * await filePull(api.instances.web, '/var/log/syslog', './syslog')
 * const hosts = String(await filePull(api.instances.web, '/etc/hosts'))
 */
export function filePull(
  item: FilesPath,
  path: string,
  target?: undefined,
  options?: TransferOptions,
): Promise<Buffer>
export function filePull(
  item: FilesPath,
  path: string,
  target: TransferTarget,
  options?: TransferOptions,
): Promise<number>
export async function filePull(
  item: FilesPath,
  path: string,
  target?: TransferTarget,
  options: TransferOptions = {},
): Promise<Buffer | number> {
  checkNames(options, OPTIONS, 'filePull()')
  const files = filesAt(item, 'filePull()')
  const pull = async (signal: AbortSignal | undefined): Promise<Buffer | number> => {
    const result = await openFile(files, path, signal)
    const limited = { onProgress: options.onProgress, signal }
    if (target === undefined) return collect(result, limited)
    const { mode } = readStat(result)
    try {
      return await writeTarget(target, { mode }, stream => download(result, stream, limited))
    } finally {
      // If the target can't be opened, the body has not been read.
      result.body?.destroy()
    }
  }
  return keepFailures([target], () => withLimits(files, options, 'filePull()', pull))
}

async function openFile(files: ApiPath, path: string, signal?: AbortSignal): Promise<APIResult> {
  let place = path
  for (let links = 0; ; links++) {
    const result = await files.get({ query: { path: place }, signal })
    const { type } = readStat(result)
    if (type === 'directory') throw wrongType(result, place, 'directoryPull() copies these')
    if (type !== 'symlink') return result
    if (links === MAX_LINKS)
      throw wrongType(result, path, `it leads to more than ${MAX_LINKS} symlinks, one after the other`)
    place = posix.resolve('/', posix.dirname(place), await readLinkTarget(result, place))
  }
}
