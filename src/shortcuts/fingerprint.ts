import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/**
 * The fingerprint that an image file has on every server: the SHA-256 of its bytes, in hex.
 *
 * The file is read as a stream; its errors (`ENOENT`, …) are thrown as they are.
 */
export async function imageGetFingerprint(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
