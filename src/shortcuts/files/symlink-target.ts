import { MalformedAnswer } from '../../errors/malformed-answer.ts'
import type { APIResult } from '../../result.ts'
import { bodyOf } from '../transfer/download.ts'
import { wrongType } from './http-stat.ts'

// In bytes: the limit of Linux.
const MAX_TARGET_LENGTH = 4096

/** The target of a symlink. The servers make a relative one absolute. */
export async function readLinkTarget(result: APIResult, path: string): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of bodyOf(result) as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length > MAX_TARGET_LENGTH)
      throw wrongType(result, path, `its target has more than ${MAX_TARGET_LENGTH} bytes`)
  }
  const target = Buffer.concat(chunks).toString()
  if (target !== '' && !target.includes('\0')) return target
  throw new MalformedAnswer(result, `${path} is a symlink without a target that can be one`)
}
