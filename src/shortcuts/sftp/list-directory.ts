import type { DirectoryEntry, Handle, SftpOperations } from './operations.ts'

/** The entries of a directory, in the order in which the server has them. */
export async function listDirectory(operations: SftpOperations, path: string): Promise<DirectoryEntry[]> {
  const handle = await operations.openDirectory(path)
  try {
    return await readAll(operations, handle)
  } finally {
    await operations.discard(handle)
  }
}

async function readAll(operations: SftpOperations, handle: Handle): Promise<DirectoryEntry[]> {
  const entries: DirectoryEntry[] = []
  // Two at once: most directories are read by the first, and the second tells that this was all.
  for (;;) {
    const answers = await Promise.all([operations.readDirectory(handle), operations.readDirectory(handle)])
    for (const names of answers) if (names !== undefined) entries.push(...names)
    if (answers.includes(undefined)) return entries
  }
}
