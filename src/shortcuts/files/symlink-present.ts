import { posix } from 'node:path'
import { APINotFoundException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { APIResult } from '../../result.ts'
import type { SftpTransfer } from '../sftp/run-transfer.ts'
import { checkProtocol, type ProtocolOption, transfer } from '../sftp/transfer.ts'
import { CHANGE_OPTIONS, type ChangeOptions, withLimits, withSignal } from '../shared/limits.ts'
import type { Outcome } from '../state/present.ts'
import { deleteFile } from './delete.ts'
import { type FilesPath, filesAt } from './files-path.ts'
import { fileHeaders } from './headers.ts'
import { readStat, wrongType } from './http-stat.ts'
import { fileOutcome } from './outcome.ts'
import { refused, statIfThere } from './remote-directory.ts'
import { readLinkTarget } from './symlink-target.ts'

const OPTIONS: ReadonlySet<string> = new Set<keyof (ChangeOptions & ProtocolOption)>([
  ...CHANGE_OPTIONS,
  'by',
])

/**
 * Makes sure that a path in an instance or a volume is a symlink to a target, which need not exist; a file, or a symlink
 * to another target, is replaced, over SFTP in one step.
 *
 * Over HTTP, which is only used where the server has no SFTP, every target is reported as absolute, so a relative link
 * and an absolute one to the same path are the same.
 *
 * @throws {APIException} the path is a directory
 * @example
 * await symlinkPresent(api.instances.web, '/etc/localtime', '/usr/share/zoneinfo/Europe/Berlin')
 */
export async function symlinkPresent(
  item: FilesPath,
  path: string,
  target: string,
  options: ChangeOptions & ProtocolOption = {},
): Promise<Outcome<undefined>> {
  checkNames(options, OPTIONS, 'symlinkPresent()')
  checkProtocol(options.by, 'symlinkPresent()')
  const files = filesAt(item, 'symlinkPresent()')
  const { by, check = false } = options
  return withLimits(files, options, 'symlinkPresent()', signal =>
    transfer(files, {
      by,
      purpose: `symlinkPresent() ${path}`,
      signal,
      bySftp: session => linkBySftp(session, path, target, check),
      byHttp: () => linkByHttp(withSignal(files, signal), path, target, check),
    }),
  )
}

async function linkBySftp(
  { operations, temporaries }: SftpTransfer,
  path: string,
  target: string,
  check: boolean,
): Promise<Outcome<undefined>> {
  const place = posix.resolve('/', path)
  const found = await statIfThere(operations, place)
  if (found?.type === 'directory')
    throw refused(operations, `${path} is a directory: a symlink does not replace it`)
  const from = found?.type === 'symlink' ? await operations.readLink(place) : found?.type
  if (found?.type === 'symlink' && from === target) return fileOutcome(false, path, {})
  if (!check) await temporaries.replace(place, temporary => operations.makeSymlink(target, temporary))
  return fileOutcome(true, path, { from, to: target })
}

async function linkByHttp(
  files: Path,
  path: string,
  target: string,
  check: boolean,
): Promise<Outcome<undefined>> {
  const found = await readIfThere(files, path)
  const { type, from } = found ? await describe(found, path) : {}
  if (type === 'symlink' && from === resolveTarget(path, target)) return fileOutcome(false, path, {})
  if (!check) {
    if (found) await deleteFile(files, path)
    await makeSymlink(files, path, target)
  }
  return fileOutcome(true, path, { from, to: target })
}

async function describe(found: APIResult, path: string): Promise<{ type: string; from: string }> {
  const { type } = readStat(found)
  if (type === 'directory') throw wrongType(found, path, 'a symlink does not replace it')
  if (type === 'symlink') return { type, from: await readLinkTarget(found, path) }
  found.body?.destroy()
  return { type, from: type }
}

/** Creates a symlink at a path that does not exist. */
export async function makeSymlink(files: Path, path: string, target: string): Promise<void> {
  await files.post(target, { query: { path }, headers: fileHeaders('symlink', {}) })
}

function resolveTarget(path: string, target: string): string {
  return posix.resolve('/', posix.dirname(path), target)
}

async function readIfThere(files: Path, path: string): Promise<APIResult | false> {
  try {
    return await files.get({ query: { path } })
  } catch (error) {
    if (error instanceof APINotFoundException) return false
    throw error
  }
}
