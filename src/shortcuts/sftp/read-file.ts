import type { FileStat } from '../files/file-stat.ts'
import { ConcurrencyLimit } from '../shared/concurrency.ts'
import { brokenFile } from './broken-file.ts'
import type { Handle, SftpOperations } from './operations.ts'
import { CHUNK_SIZE, OPEN } from './packets.ts'
import { readRange } from './read-range.ts'

/** What receives a file. */
export interface FileReceiver {
  readonly signal: AbortSignal
  /** Called with the stat of the file; resolves with what its content is written to. */
  readonly create: (stat: FileStat) => Promise<FileWriter>
}

/** What the content of a file is written to. */
export interface FileWriter {
  /** Writes the next bytes. */
  write(chunks: readonly Uint8Array[]): Promise<void>
}

// In bytes. Small writes cost as much as large ones.
const BATCH_SIZE = 512 * 1024
const largeFiles = new ConcurrencyLimit(4)

/**
 * Reads a whole file; one that is none any more, but a pipe, or the like, is not created.
 *
 * @throws {APITransferException} the connection was lost
 * @throws {Error} it ended before the size that it began with
 */
export async function readWholeFile(
  operations: SftpOperations,
  path: string,
  receiver: FileReceiver,
): Promise<void> {
  const progress: Progress = { bytes: 0, total: undefined }
  try {
    await readOpened(operations, await operations.open(path, OPEN.read), receiver, progress)
  } catch (error) {
    throw brokenFile(error, path, progress.bytes, progress.total)
  }
}

interface Progress {
  bytes: number
  total: number | undefined
}

async function readOpened(
  operations: SftpOperations,
  handle: Handle,
  receiver: FileReceiver,
  progress: Progress,
): Promise<void> {
  // Both at once: most files have no more than one chunk.
  const [stat, start] = await Promise.all([
    operations.statHandle(handle),
    operations.read(handle, 0, CHUNK_SIZE),
  ])
  const { size = 0 } = stat
  progress.total = size
  const isComplete = size <= CHUNK_SIZE
  const closed = isComplete ? operations.close(handle) : undefined
  closed?.catch(() => {})
  if (stat.type === 'file') {
    const writer = await receiver.create(stat)
    await writeStart(writer, start?.subarray(0, size), progress)
    if (!isComplete)
      await largeFiles.run(() => writeRest(operations, handle, writer, receiver, progress), [receiver.signal])
    if (progress.bytes < size)
      throw new Error(`${handle.path} ended after ${progress.bytes} of the ${size} bytes that it began with`)
  }
  await (closed ?? operations.close(handle))
}

async function writeStart(writer: FileWriter, start: Buffer | undefined, progress: Progress): Promise<void> {
  if (start === undefined || start.length === 0) return
  await writer.write([start])
  progress.bytes = start.length
}

async function writeRest(
  operations: SftpOperations,
  handle: Handle,
  writer: FileWriter,
  { signal }: FileReceiver,
  progress: Progress,
): Promise<void> {
  const { bytes: start, total = 0 } = progress
  let batch: Buffer[] = []
  let size = 0
  const flush = async (): Promise<void> => {
    await writer.write(batch)
    progress.bytes += size
    batch = []
    size = 0
  }
  for await (const bytes of readRange(operations, handle, start, total - start)) {
    signal.throwIfAborted()
    batch.push(bytes)
    size += bytes.length
    if (size >= BATCH_SIZE) await flush()
  }
  if (size > 0) await flush()
}
