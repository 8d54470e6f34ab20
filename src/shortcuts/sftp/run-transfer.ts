import { onAbort } from '../../common/abort.ts'
import { type Path, withoutSignals } from '../../path.ts'
import { withSignal } from '../shared/limits.ts'
import { openSftp } from './open-session.ts'
import type { SftpOperations } from './operations.ts'
import { Temporaries } from './temporaries.ts'

/** A transfer over SFTP: a session, and the incomplete files of it. */
export interface SftpTransfer {
  readonly operations: SftpOperations
  readonly temporaries: Temporaries
}

/** Opens a session, which the signal no longer ends once it is open. */
export async function openForTransfer(
  item: Path,
  purpose: string,
  signal: AbortSignal | undefined,
): Promise<SftpOperations> {
  const controller = new AbortController()
  const removeAbortListener = onAbort(signal && [signal], reason => controller.abort(reason))
  try {
    return await openSftp(withSignal(item, controller.signal), purpose)
  } finally {
    removeAbortListener()
  }
}

/** Runs a transfer. When it is aborted, what it waits for is rejected, but the connection cleans up before it ends. */
export async function runTransfer<T>(
  item: Path,
  operations: SftpOperations,
  signal: AbortSignal | undefined,
  work: (transfer: SftpTransfer) => Promise<T>,
): Promise<T> {
  const { connection } = operations
  const temporaries = new Temporaries(operations, () => openSftp(withoutSignals(item), 'cleanup'))
  const removeAbortListener = onAbort(signal && [signal], reason => connection.refuse(reason))
  try {
    return await work({ operations, temporaries })
  } catch (error) {
    removeAbortListener()
    connection.accept()
    await temporaries.removeAll()
    throw error
  } finally {
    removeAbortListener()
    await connection.close()
  }
}
