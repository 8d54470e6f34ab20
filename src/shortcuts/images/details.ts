import type { Path } from '../../path.ts'
import { present } from '../state/present.ts'
import type { ImageOptions } from './options.ts'

/** Brings an existing image to the given details; resolves with whether anything was changed. */
export async function applyDetails(
  images: Path,
  fingerprint: string,
  { aliases, public: isPublic, properties, check, signal }: ImageOptions,
): Promise<boolean> {
  const item = images.path(fingerprint)
  const { changed } = await present(item, { public: isPublic, properties }, { check, signal })
  return (await applyAliases(images, fingerprint, { aliases, check, signal })) || changed
}

/** Makes sure that an image has aliases; resolves with whether any was changed. */
export async function applyAliases(
  images: Path,
  fingerprint: string,
  { aliases = [], check, signal }: Pick<ImageOptions, 'aliases' | 'check' | 'signal'>,
): Promise<boolean> {
  let isChanged = false
  for (const name of aliases) {
    const alias = images.path('aliases', name)
    const { changed } = await present(alias, { target: fingerprint }, { check, signal })
    isChanged ||= changed
  }
  return isChanged
}
