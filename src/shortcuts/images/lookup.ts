import { textIn } from '../../answer/metadata.ts'
import { malformed } from '../../errors/malformed-answer.ts'
import type { Path } from '../../path.ts'
import type { CallOptions } from '../../request/options.ts'
import type { APIResult } from '../../result.ts'
import { unlessNotFound } from '../shared/resource.ts'
import { type Outcome, outcomeOf } from '../state/present.ts'

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
 * Reads the image with a fingerprint, which may be a prefix.
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

/** Reads an image; `undefined` if there is none. */
export async function findImage(images: Path, fingerprint: string): Promise<APIResult | undefined> {
  return (await unlessNotFound(readImage(images, fingerprint))) || undefined
}

/** The outcome for an image, which is read for it. */
export async function imageOutcome(images: Path, fingerprint: string, changed: boolean): Promise<Outcome> {
  const seen = (await findImage(images, fingerprint)) ?? false
  const difference = changed ? [{ path: [], from: undefined, to: { fingerprint } }] : []
  return outcomeOf({ seen, difference })
}
