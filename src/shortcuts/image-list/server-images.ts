import { numberIn, objectIn, objectsIn, textIn } from '../../answer/metadata.ts'
import { textOf } from '../../common/text-of.ts'
import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { debianArchitecture } from './architecture.ts'
import type { ListedImage } from './listed-image.ts'

/** Lists the images of an LXD or Incus server, in the project of the path. */
export async function listServerImages(version: Path): Promise<readonly ListedImage[]> {
  const listed = await version.images.get({ query: { recursion: 1 } })
  return objectsIn(listed).map((_, index) => readImage(listed, index))
}

function readImage(listed: APIResult, index: number): ListedImage {
  const { type, properties } = objectIn(listed, index)
  const { description, release, variant } = properties == null ? {} : objectIn(listed, index, 'properties')
  return {
    aliases: objectsIn(listed, index, 'aliases').map((_, alias) =>
      textIn(listed, index, 'aliases', alias, 'name'),
    ),
    fingerprint: textIn(listed, index, 'fingerprint'),
    architecture: debianArchitecture(textIn(listed, index, 'architecture')),
    type: type === 'virtual-machine' ? type : 'container',
    size: numberIn(listed, index, 'size'),
    created: new Date(textIn(listed, index, 'created_at')),
    release: textOf(release),
    variant: textOf(variant),
    description: textOf(description) ?? '',
  }
}
