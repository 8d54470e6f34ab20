import type { Path } from '../../path.ts'
import { SftpConnection } from './connection.ts'
import { SftpOperations } from './operations.ts'
import { FileSession } from './session.ts'

// All of SFTP behind one import, which loads it when it is first used.

/** Opens a session for scripts, given the path of an instance or a volume. */
export async function openSession(item: Path, purpose: string): Promise<FileSession> {
  return new FileSession(await openSftp(item, purpose))
}

/** Opens a session, given the path of an instance or a volume. */
export async function openSftp(item: Path, purpose: string): Promise<SftpOperations> {
  return new SftpOperations(await SftpConnection.open(item.path('sftp'), purpose))
}
