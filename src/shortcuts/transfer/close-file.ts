import type { FileHandle } from 'node:fs/promises'

/** Closes the file of a stream that is destroyed; the stream's own error takes precedence over the file's. */
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
