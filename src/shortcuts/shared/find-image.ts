import { textIn } from '../../answer/metadata.ts'
import { APINotFoundException } from '../../errors/exceptions.ts'
import { malformed } from '../../errors/malformed-answer.ts'
import type { Path } from '../../path.ts'
import type { CallOptions } from '../../request/options.ts'
import type { APIResult } from '../../result.ts'
import { readIfPresent, readItem, unlessNotFound } from './resource.ts'

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

/** The image with a fingerprint, in whole or its first characters, or with an alias; `undefined` where there is none. */
export async function findImageByName(images: Path, name: string): Promise<APIResult | undefined> {
  const found = isFingerprint(name) ? await findImage(images, name) : undefined
  return found ?? findImageByAlias(images, name)
}

/** The image with an alias; `undefined` where there is none. */
export async function findImageByAlias(images: Path, name: string): Promise<APIResult | undefined> {
  if (SHA_256.test(name)) return undefined
  const alias = await readIfPresent(images.path('aliases', name))
  return alias ? findImage(images, textIn(alias, 'target')) : undefined
}

/** An image that was looked up by a name, and the alias, if that is what the name is. */
export interface NamedImage {
  readonly image: APIResult
  readonly alias: string | undefined
}

/**
 * Reads the image of a name as the programs look it up: an alias, or else a fingerprint, which may be a prefix.
 *
 * @throws {APINotFoundException} there is none
 */
export async function readImageByName(images: Path, name: string): Promise<NamedImage> {
  if (SHA_256.test(name)) return { image: await readImage(images, name), alias: undefined }
  try {
    const alias = await readItem(images.path('aliases', name))
    return { image: await readImage(images, textIn(alias, 'target')), alias: name }
  } catch (error) {
    if (!(error instanceof APINotFoundException && isFingerprint(name))) throw error
    return { image: await readImage(images, name), alias: undefined }
  }
}

/** Whether a name can be a fingerprint, in whole or its first characters. */
export function isFingerprint(name: string): boolean {
  return /^[0-9a-f]{1,64}$/i.test(name)
}
