import { textIn } from '../../answer/metadata.ts'
import { malformed } from '../../errors/malformed-answer.ts'
import type { Path } from '../../path.ts'
import type { CallOptions } from '../../request/options.ts'
import type { APIResult } from '../../result.ts'

const SHA_256 = /^[0-9a-f]{64}$/

/**
 * The fingerprint in the metadata of an answer, or below it.
 *
 * @throws {MalformedAnswer} there is none
 */
export function fingerprintIn(result: APIResult, ...keys: readonly string[]): string {
  const fingerprint = textIn(result, ...keys, 'fingerprint')
  if (SHA_256.test(fingerprint)) return fingerprint
  throw malformed(result, `The answer has ${JSON.stringify(fingerprint)} in place of a fingerprint`)
}

/**
 * The result of reading the image with a fingerprint, given in whole or by its first characters.
 *
 * @throws {APINotFoundException} there is none
 * @throws {MalformedAnswer} the answer is of another image
 */
export async function readImage(
  images: Path,
  fingerprint: string,
  options?: CallOptions,
): Promise<APIResult> {
  const result = await images.path(fingerprint).get(options)
  const found = fingerprintIn(result)
  if (found.startsWith(fingerprint.toLowerCase())) return result
  throw malformed(result, `The answer is of another image, ${found}`)
}
