import type { FileHandle } from 'node:fs/promises'
import { acquireBuffer, CHUNK_SIZE, markChunk, releaseChunk } from '../../connection/send-buffers.ts'

/**
 * Reads the next chunk of a file, at a position or where the last read ended; `null` at its end. It is only valid until it
 * is sent, or released by {@link releaseChunk}.
 */
export async function readChunk(file: FileHandle, position: number | null): Promise<Buffer | null> {
  const buffer = acquireBuffer()
  const { bytesRead } = await file.read(buffer, 0, CHUNK_SIZE, position)
  const chunk = markChunk(buffer, bytesRead)
  if (bytesRead > 0) return chunk
  releaseChunk(chunk)
  return null
}
