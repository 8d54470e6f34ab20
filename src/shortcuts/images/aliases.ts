import type { APIResult } from '../../result.ts'
import { type ApiRoot, deleteIfPresent, unlessNotFound, versionOf } from '../shared/resource.ts'
import { present } from '../state/present.ts'
import { readImage } from './lookup.ts'
import type { ImageDetails } from './options.ts'

/** The image with that fingerprint, in whole or its first characters, or `false`. */
export async function imageGet(api: ApiRoot, fingerprint: string): Promise<APIResult | false> {
  return unlessNotFound(readImage(versionOf(api).images, fingerprint))
}

/**
 * Makes sure that there is no image with that fingerprint.
 *
 * @returns whether there was one
 */
export async function imageAbsent(api: ApiRoot, fingerprint: string): Promise<boolean> {
  return deleteIfPresent(versionOf(api).images.path(fingerprint))
}

/**
 * Makes sure that an alias names an image, and has the description if one is given.
 *
 * @returns whether anything had to be changed
 * @example
 * await imageAliasPresent(api, 'alpine', await imageGetFingerprint('./alpine.tar.xz'))
 */
export async function imageAliasPresent(
  api: ApiRoot,
  name: string,
  fingerprint: string,
  description?: string,
): Promise<boolean> {
  const alias = versionOf(api).images.aliases.path(name)
  const { changed } = await present(alias, { target: fingerprint, description })
  return changed
}

/** Makes sure that an image which is there is as described; `false` where it was. */
export async function applyDetails(
  api: ApiRoot,
  fingerprint: string,
  { aliases = [], ...fields }: ImageDetails,
): Promise<boolean> {
  const { public: isPublic, properties } = fields
  const image = versionOf(api).images.path(fingerprint)
  let { changed } = await present(image, { public: isPublic, properties })
  for (const name of aliases) changed = (await imageAliasPresent(api, name, fingerprint)) || changed
  return changed
}
