import { onAbort } from '../../common/abort.ts'
import { APIException, APITimeoutException } from '../../errors/exceptions.ts'
import { type Path, withoutSignals } from '../../path.ts'
import { withSignal } from '../shared/limits.ts'
import { splitPath } from '../shared/resource.ts'
import { openSftp } from './open-files.ts'
import type { SftpOperations } from './operations.ts'
import { Temporaries } from './temporaries.ts'

/** The protocols by which files go in and out. */
export type Protocol = 'http' | 'sftp'

/** The option of a function that chooses the protocol by itself. */
export interface ProtocolOption {
  /** The protocol to use, whatever the server has; by default SFTP, and HTTP where the server has no SFTP. */
  readonly by?: Protocol
}

/** A transfer over SFTP: a session, and the incomplete files of it. */
export interface SftpTransfer {
  readonly operations: SftpOperations
  readonly temporaries: Temporaries
}

/** What is transferred, and how. */
export interface Transfer<T> extends ProtocolOption {
  /** For the trace: `directoryPush() /srv/www`. */
  readonly purpose: string
  readonly signal: AbortSignal | undefined
  readonly bySftp: (transfer: SftpTransfer) => Promise<T>
  /** Without it, SFTP is the only way. */
  readonly byHttp?: () => Promise<T>
}

/**
 * Rejects what is no protocol.
 *
 * @throws {TypeError} it is none
 */
export function checkProtocol(by: Protocol | undefined, call: string): void {
  if (by === undefined || by === 'http' || by === 'sftp') return
  throw new TypeError(`${call}: by must be 'http' or 'sftp', not ${JSON.stringify(by)}`)
}

/** Transfers files over SFTP where the server has it, otherwise over HTTP; incomplete files are removed. */
export async function transfer<T>(files: Path, { bySftp, byHttp, ...options }: Transfer<T>): Promise<T> {
  const { parent } = splitPath(files)
  if (byHttp === undefined) return run(parent, await openAbortable(parent, options), options.signal, bySftp)
  if (options.by === 'http') return byHttp()
  const operations = await openOrRefused(parent, options)
  return operations === undefined ? byHttp() : run(parent, operations, options.signal, bySftp)
}

type Opening = Omit<Transfer<unknown>, 'bySftp' | 'byHttp'>

async function openOrRefused(item: Path, options: Opening): Promise<SftpOperations | undefined> {
  try {
    return await openAbortable(item, options)
  } catch (error) {
    // HTTP has the better words for an instance that does not exist, or a server that can't be reached.
    if (options.by === 'sftp' || !(error instanceof APIException) || error instanceof APITimeoutException)
      throw error
    return undefined
  }
}

/** Opens a session, which the signal no longer ends once it is open. */
async function openAbortable(item: Path, { purpose, signal }: Opening): Promise<SftpOperations> {
  const controller = new AbortController()
  const removeAbortListener = onAbort(signal && [signal], reason => controller.abort(reason))
  try {
    return await openSftp(withSignal(item, controller.signal), purpose)
  } finally {
    removeAbortListener()
  }
}

/** Runs a transfer. When it is aborted, what it waits for is rejected, but the connection cleans up before it ends. */
async function run<T>(
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
