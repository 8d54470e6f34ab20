import { posix } from 'node:path'
import type { ApiPath } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { APIResult } from '../../result.ts'
import type { ApiRoot } from '../shared/resource.ts'
import { collect, download } from '../transfer/download.ts'
import { TRANSFER_OPTIONS, type TransferOptions, type TransferTarget } from '../transfer/options.ts'
import { writeTarget } from '../transfer/target.ts'
import { type FileStat, filesOf, readStat, wrongType } from './stat.ts'
import { readLinkTarget } from './symlink-target.ts'

const OPTIONS: ReadonlySet<string> = new Set(TRANSFER_OPTIONS)
// As Linux counts.
const MOST_LINKS = 40

/**
 * Copies a file out of an instance; symlinks are followed.
 *
 * With the path of a file to write, that file gets the permission bits of the original, and it is there whole or
 * not at all. A stream is ended. Without a target, the bytes are returned.
 *
 * @throws {APINotFoundException} there is no such file, or no such instance
 * @throws {APITransferException} less arrived than the file has
 * @example
 * await filePull(api, 'web', '/var/log/syslog', './syslog')
 * const hosts = String(await filePull(api, 'web', '/etc/hosts'))
 */
export function filePull(
  api: ApiRoot,
  instance: string,
  path: string,
  target?: undefined,
  options?: TransferOptions,
): Promise<Buffer>
export function filePull(
  api: ApiRoot,
  instance: string,
  path: string,
  target: TransferTarget,
  options?: TransferOptions,
): Promise<FileStat>
export async function filePull(
  api: ApiRoot,
  instance: string,
  path: string,
  target?: TransferTarget,
  options: TransferOptions = {},
): Promise<Buffer | FileStat> {
  checkNames(options, OPTIONS, 'filePull()')
  const result = await openFile(filesOf(api, instance), path, options.signal)
  if (target === undefined) return collect(result, options)
  const stat = readStat(result)
  try {
    await writeTarget(target, { mode: stat.mode }, stream => download(result, stream, options))
  } finally {
    // A target that can't be opened has read nothing.
    result.body?.destroy()
  }
  return stat
}

async function openFile(files: ApiPath, path: string, signal?: AbortSignal): Promise<APIResult> {
  let place = path
  for (let links = 0; ; links++) {
    const result = await files.get({ query: { path: place }, signal })
    const { type } = readStat(result)
    if (type === 'directory') throw wrongType(result, place, 'directoryPull() copies these')
    if (type !== 'symlink') return result
    if (links === MOST_LINKS)
      throw wrongType(result, path, `it leads to more than ${MOST_LINKS} symlinks, one after the other`)
    place = posix.resolve('/', posix.dirname(place), await readLinkTarget(result, place))
  }
}
