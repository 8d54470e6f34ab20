import { APIException, APITimeoutException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { splitPath } from '../shared/resource.ts'
import type { SftpOperations } from './operations.ts'
import type { SftpTransfer } from './run-transfer.ts'

/** The protocols by which files go in and out. */
export type Protocol = 'http' | 'sftp'

/** The option of a function that chooses the protocol by itself. */
export interface ProtocolOption {
  /** The protocol to use, whatever the server has; by default SFTP, and HTTP where the server has no SFTP. */
  readonly by?: Protocol
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
export async function transfer<T>(
  files: Path,
  { by, purpose, signal, bySftp, byHttp }: Transfer<T>,
): Promise<T> {
  if (by === 'http' && byHttp !== undefined) return byHttp()
  const { parent } = splitPath(files)
  const { openForTransfer, runTransfer } = await import('./run-transfer.ts')
  let operations: SftpOperations
  try {
    operations = await openForTransfer(parent, purpose, signal)
  } catch (error) {
    if (by === 'sftp' || byHttp === undefined || !mayHaveNoSftp(error)) throw error
    return byHttp()
  }
  return runTransfer(parent, operations, signal, bySftp)
}

// HTTP has the better words for an instance that does not exist, or a server that can't be reached.
function mayHaveNoSftp(error: unknown): boolean {
  return error instanceof APIException && !(error instanceof APITimeoutException)
}
