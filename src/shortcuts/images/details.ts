import type { Path } from '../../path.ts'
import { present } from '../state/present.ts'
import type { ImageOptions } from './options.ts'

/** Makes sure that an image which is there is as described; returns whether anything had to be changed. */
export async function applyDetails(
  images: Path,
  fingerprint: string,
  { aliases, public: isPublic, properties, check, signal }: ImageOptions,
): Promise<boolean> {
  const item = images.path(fingerprint)
  const { changed } = await present(item, { public: isPublic, properties }, { check, signal })
  return (await applyAliases(images, fingerprint, { aliases, check, signal })) || changed
}

/** Makes sure that an image has aliases; returns whether any had to be changed. */
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
