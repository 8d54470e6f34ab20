import { pipeline } from 'node:stream/promises'
import { brokenFile } from '../sftp/broken-file.ts'
import { openFlags } from '../sftp/file.ts'
import type { Handle, SftpOperations } from '../sftp/operations.ts'
import type { SftpTransfer } from '../sftp/run-transfer.ts'
import { RemoteWriter } from '../sftp/streams.ts'
import type { TransferOptions } from '../transfer/options.ts'
import { ProgressCounter } from '../transfer/progress-counter.ts'
import type { OpenSource } from '../transfer/source.ts'
import { CountedBody } from '../transfer/upload.ts'
import type { FilePermissions } from './headers.ts'
import { statIfThere } from './remote-directory.ts'

// What the servers give over HTTP.
const DEFAULT_MODE = 0o644

/**
 * Copies a file into an instance over SFTP; resolves with the number of bytes.
 *
 * A new one is written beside its place. One that exists is written in place, as over HTTP, and keeps its permissions.
 */
export async function pushFileBySftp(
  { operations, temporaries }: SftpTransfer,
  path: string,
  source: OpenSource,
  { onProgress, signal, ...permissions }: FilePermissions & TransferOptions,
): Promise<number> {
  const counter = new ProgressCounter({ total: source.size, onProgress })
  const write = (open: () => Promise<Handle>): Promise<void> =>
    pipeline(source.stream, new CountedBody(counter), new RemoteWriter(operations, open, 0), { signal })
  try {
    if (await statIfThere(operations, path)) {
      // Before anything is removed if it fails: this may be a directory.
      const handle = await operations.open(path, openFlags('w'))
      await temporaries.keep(path, () => write(async () => handle))
    } else {
      await temporaries.replace(path, temporary =>
        write(() => createFile(operations, temporary, permissions)),
      )
    }
  } catch (error) {
    throw signal?.aborted ? signal.reason : brokenFile(error, path, counter.bytes, source.size)
  }
  counter.finish()
  return counter.bytes
}

/** Opens a new file, which has its permissions before its content. */
async function createFile(
  operations: SftpOperations,
  path: string,
  { mode = DEFAULT_MODE, uid, gid }: FilePermissions,
): Promise<Handle> {
  const handle = await operations.open(path, openFlags('wx'), mode)
  const natural = await operations.statHandle(handle)
  const owner = { uid: uid ?? natural.uid, gid: gid ?? natural.gid }
  await operations.setStatOfHandle(handle, { mode, owner }, 'setstat')
  return handle
}
