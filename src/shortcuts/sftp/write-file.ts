import type { FileHandle } from 'node:fs/promises'
import { releaseChunk } from '../../connection/send-buffers.ts'
import { ConcurrencyLimit } from '../shared/concurrency.ts'
import { readChunk } from '../transfer/read-chunk.ts'
import type { AttributeChange } from './attributes.ts'
import type { NewOwners } from './new-owners.ts'
import type { Handle, SftpOperations } from './operations.ts'
import { CHUNK_SIZE, OPEN } from './packets.ts'

/** A file of this machine to send. */
export interface LocalFile {
  readonly file: FileHandle
  /** How it is called in errors. */
  readonly path: string
  /** In bytes, when it was opened. */
  readonly size: number
  /** Called with the number of bytes that were written. */
  readonly onBytes: (bytes: number) => void
  readonly signal: AbortSignal
}

const NEW_FILE = OPEN.write | OPEN.create | OPEN.exclusive
const PRIVATE = 0o600
const READABLE_BY_ALL = 0o044
// Each has two blocks in memory.
const largeFiles = new ConcurrencyLimit(4)

/** Creates a file with the content of a local one, and sets its attributes. */
export async function writeNewFile(
  operations: SftpOperations,
  path: string,
  local: LocalFile,
  attributes: AttributeChange,
  newOwners: NewOwners,
): Promise<void> {
  const handle = await operations.open(path, NEW_FILE, PRIVATE)
  await hideContent(operations, handle, attributes.mode)
  const change = await newOwners.withoutOwner(operations, handle, attributes)
  await writeContent(operations, handle, local)
  // Not together with the content: the servers do both at once, and writing changes the time.
  await Promise.all([operations.setStatOfHandle(handle, change, 'setstat'), operations.close(handle)])
}

// LXD 5.0 and Incus 6.0 create files with mode 0644, whatever is asked for.
async function hideContent(
  operations: SftpOperations,
  handle: Handle,
  mode = READABLE_BY_ALL,
): Promise<void> {
  if ((mode & READABLE_BY_ALL) === READABLE_BY_ALL) return
  await operations.setStatOfHandle(handle, { mode: PRIVATE }, 'chmod')
}

async function writeContent(operations: SftpOperations, handle: Handle, local: LocalFile): Promise<void> {
  if (local.size > CHUNK_SIZE)
    return largeFiles.run(() => writeBlocks(operations, handle, local), [local.signal])
  // One byte more, to see that it has not grown.
  const buffer = Buffer.allocUnsafe(local.size + 1)
  const { bytesRead } = await local.file.read(buffer, 0, buffer.length, 0)
  checkSize(bytesRead, local.size, local.path)
  if (bytesRead > 0) await operations.write(handle, 0, buffer.subarray(0, bytesRead))
  local.onBytes(bytesRead)
}

/** Reads one block while the one before is sent. */
async function writeBlocks(operations: SftpOperations, handle: Handle, local: LocalFile): Promise<void> {
  let sending: Promise<void> = Promise.resolve()
  let position = 0
  try {
    for (;;) {
      local.signal.throwIfAborted()
      const block = await readChunk(local.file, position)
      await sending
      if (block === null) break
      sending = writeBlock(operations, handle, position, block).then(() => {
        releaseChunk(block)
        local.onBytes(block.length)
      })
      sending.catch(() => {})
      position += block.length
      if (position > local.size) checkSize(position, local.size, local.path)
    }
  } finally {
    await sending
  }
  checkSize(position, local.size, local.path)
}

async function writeBlock(
  operations: SftpOperations,
  handle: Handle,
  position: number,
  block: Buffer,
): Promise<void> {
  const writes: Promise<void>[] = []
  for (let at = 0; at < block.length; at += CHUNK_SIZE)
    writes.push(operations.write(handle, position + at, block.subarray(at, at + CHUNK_SIZE)))
  await Promise.all(writes)
}

// The file changed meanwhile.
function checkSize(bytes: number, size: number, path: string): void {
  if (bytes > size) throw new Error(`${path} has more than the ${size} bytes that it began with`)
  if (bytes < size) throw new Error(`${path} ended after ${bytes} of the ${size} bytes that it began with`)
}
