import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { FilesPath } from '../files/files-path.ts'
import { asPath, itemTypeOf } from '../shared/item-path.ts'
import { COMMON_OPTIONS, type CommonOptions, withLimits, withSignal } from '../shared/limits.ts'
import { impossible, readServer } from '../shared/server-info.ts'
import type { FileSession } from './session.ts'

const OPTIONS: ReadonlySet<string> = new Set<keyof CommonOptions>(COMMON_OPTIONS)

/**
 * Opens an SFTP session for the files of an instance, running or not, or of a custom volume where the server has that:
 * it has the functions of `node:fs/promises`.
 *
 * The signal also ends the session later, `timeout` is for opening it. Close it, or declare it with `await using`: an
 * open session keeps a process of the server running.
 *
 * @throws {APINotFoundException} there is no such instance or volume
 * @throws {APIException} the server has no SFTP for it
 * @example
 * await using files = await openFiles(api.instances.web)
 * for (const { name, type, size } of await files.readdir('/srv')) console.log(type, name, size)
 */
export async function openFiles(item: FilesPath, options: CommonOptions = {}): Promise<FileSession> {
  checkNames(options, OPTIONS, 'openFiles()')
  const type = itemTypeOf(item, ['instance', 'volume'], 'openFiles()')
  const path = asPath(item)
  const { signal, timeout } = options
  return withLimits(path, { signal, timeout }, 'openFiles()', async opening => {
    // After the timeout only the caller's own signal ends it.
    const limited = withSignal(withSignal(path, signal), opening)
    if (type === 'volume') await checkHasVolumes(limited)
    const { openSession } = await import('./open-session.ts')
    return openSession(limited, 'openFiles()')
  })
}

async function checkHasVolumes(path: Path): Promise<void> {
  const server = await readServer(path)
  if (!server.extensions.has('custom_volume_sftp'))
    throw impossible(server, `openFiles(): ${server.title} has no SFTP for volumes`)
}
