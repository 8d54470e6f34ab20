import { checkNames } from '../options.ts'
import { bodyOf } from './download.ts'
import { IMAGE_OPTIONS, type ImageOptions } from './image-options.ts'
import { bringImage } from './image-present.ts'
import type { Form } from './multipart-form.ts'
import { type ApiRoot, versionOf } from './resource.ts'

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
  const { signal } = options
  const { images } = versionOf(from)
  const { metadata } = await images.path(fingerprint).get({ signal })
  const open = async (): Promise<Form> => {
    const result = await images.path(metadata.fingerprint, 'export').get({ signal })
    const { 'content-type': contentType = '', 'content-length': length } = result.response.headers
    const size = length === undefined ? undefined : Number(length)
    return { contentType, source: { stream: bodyOf(result), size } }
  }
  const { public: isPublic, properties, filename } = metadata
  const details = { public: isPublic, properties, filename: filename || undefined }
  return bringImage(to, metadata.fingerprint, open, { ...details, ...options })
}
