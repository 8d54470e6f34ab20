import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type ImageFiles, pathsOf } from './image-files.ts'
import { PIECE } from './transfer-source.ts'

/**
 * The fingerprint that an image has on every server: the SHA-256 of its bytes, in hex; of a split image, of those of
 * both files, one after the other.
 *
 * The files are read as streams; their errors (`ENOENT`, …) are thrown as they are.
 */
export async function imageGetFingerprint(files: ImageFiles): Promise<string> {
  const hash = createHash('sha256')
  for (const path of pathsOf(files)) {
    for await (const piece of createReadStream(path, { highWaterMark: PIECE })) hash.update(piece)
  }
  return hash.digest('hex')
}
