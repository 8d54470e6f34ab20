import { checkNames } from '../../request/options.ts'
import { type Fields, fieldsOf, mapFields } from '../shared/fields.ts'
import { type ApiRoot, versionOf } from '../shared/resource.ts'
import { bodyOf, lengthOf } from '../transfer/download.ts'
import type { Form } from '../transfer/multipart-form.ts'
import { readImage } from './lookup.ts'
import { checkDetails, IMAGE_OPTIONS, type ImageOptions } from './options.ts'
import { bringImage } from './present.ts'
import type { ImageUploadOptions } from './upload.ts'

/**
 * Makes sure that a server has an image that another one has: what one sends, the other gets, and none of it is kept
 * here. Neither has to reach the other. The copy has the original's properties and is public if that is, unless told
 * otherwise; the server that gets it compares it with the fingerprint.
 *
 * @returns whether anything had to be changed
 * @throws {APINotFoundException} there is no such image
 * @throws {APITransferException} it broke off on the way
 * @example
 * await imageCopy(local, remote, fingerprint, { aliases: ['alpine'] })
 */
export async function imageCopy(
  from: ApiRoot,
  to: ApiRoot,
  fingerprint: string,
  options: ImageOptions = {},
): Promise<boolean> {
  checkNames(options, IMAGE_OPTIONS, 'imageCopy()')
  checkDetails(options)
  const { signal } = options
  const { images } = versionOf(from)
  const { metadata } = await readImage(images, fingerprint, { signal })
  const open = async (): Promise<Form> => {
    const result = await images.path(metadata.fingerprint, 'export').get({ signal })
    const { 'content-type': contentType = '' } = result.response.headers
    return { contentType, source: { stream: bodyOf(result), size: lengthOf(result) } }
  }
  return bringImage(to, metadata.fingerprint, open, { ...detailsIn(metadata), ...options })
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
