import { posix } from 'node:path'
import { isMissing } from './is-missing.ts'
import { listDirectory } from './list-directory.ts'
import type { SftpOperations } from './operations.ts'

/** Removes a directory with all that is in it. A link in it is removed itself. */
export async function removeTree(operations: SftpOperations, path: string): Promise<void> {
  const entries = await listDirectory(operations, path)
  await Promise.all(
    entries.map(({ name, type }) => {
      const inside = posix.join(path, name)
      return type === 'directory' ? removeTree(operations, inside) : removeFile(operations, inside)
    }),
  )
  await operations.removeDirectory(path)
}

/** Removes a file; somebody else may have done so meanwhile. */
export async function removeFile(operations: SftpOperations, path: string): Promise<void> {
  try {
    await operations.removeFile(path)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}
