import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import { type Fields, fieldsOf, mapFields } from '../shared/fields.ts'
import { readImage } from '../shared/find-image.ts'
import { withLimits } from '../shared/limits.ts'
import { nameOf, splitPath } from '../shared/resource.ts'
import type { Outcome } from '../state/present.ts'
import { bodyOf, lengthOf } from '../transfer/download.ts'
import type { Form } from './multipart-form.ts'
import { checkDetails, IMAGE_OPTIONS, type ImageOptions } from './options.ts'
import { imageOutcome } from './outcome.ts'
import { ensureUploaded } from './present.ts'
import type { ImageUploadOptions } from './upload.ts'

/** Makes sure that another server has an image; streams it from one server to the other, which verifies it. */
export async function copyImage(image: Path, target: Path, options: ImageOptions): Promise<Outcome> {
  checkNames(options, IMAGE_OPTIONS, 'copy()')
  checkDetails(options)
  return withLimits(image, options, 'copy()', async signal => {
    const images = splitPath(image).parent
    const { metadata } = await readImage(images, nameOf(image), { signal })
    const { fingerprint } = metadata
    const open = async (): Promise<Form> => {
      const result = await images.path(fingerprint, 'export').get({ signal })
      const { 'content-type': contentType = '' } = result.response.headers
      return { contentType, source: { stream: bodyOf(result), size: lengthOf(result) } }
    }
    const given = { ...detailsIn(metadata), ...options, signal }
    const { changed } = await ensureUploaded(target, fingerprint, open, given)
    return imageOutcome(target, fingerprint, changed)
  })
}

function detailsIn({ public: isPublic, properties, filename }: Fields): ImageUploadOptions {
  return {
    public: isPublic === true,
    properties: mapFields(fieldsOf(properties), value =>
      String(value).toWellFormed(),
    ) as ImageOptions['properties'],
    filename: typeof filename === 'string' && filename !== '' ? filename.toWellFormed() : undefined,
  }
}
