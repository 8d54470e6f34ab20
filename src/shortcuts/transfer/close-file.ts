import type { FileHandle } from 'node:fs/promises'

/** Closes the file of a stream that is destroyed, which goes on with its own error, or else the file's. */
export function closeFile(
  file: FileHandle,
  error: Error | null,
  callback: (error?: Error | null) => void,
): void {
  file.close().then(
    () => callback(error),
    closeError => callback(error ?? closeError),
  )
}
