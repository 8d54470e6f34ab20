import { MalformedAnswer } from '../../errors/malformed-answer.ts'
import type { APIResult } from '../../result.ts'
import { bodyOf } from '../transfer/download.ts'
import { wrongType } from './stat.ts'

// What Linux has room for.
const LONGEST = 4096

/** What a symlink points to. The servers make it absolute where it is not, as seen from the link. */
export async function readLinkTarget(result: APIResult, path: string): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of bodyOf(result) as AsyncIterable<Buffer>) {
    pieces.push(piece)
    length += piece.length
    if (length > LONGEST) throw wrongType(result, path, `its target has more than ${LONGEST} bytes`)
  }
  const target = Buffer.concat(pieces).toString()
  if (target !== '' && !target.includes('\0')) return target
  throw new MalformedAnswer(result, `${path} is a symlink without a target that can be one`)
}
