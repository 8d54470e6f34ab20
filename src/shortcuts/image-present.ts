import { checkNames } from '../options.ts'
import { imageGetFingerprint } from './fingerprint.ts'
import { applyDetails, imageGet } from './image.ts'
import { type ImageFiles, openImage } from './image-files.ts'
import { IMAGE_OPTIONS, type ImageOptions } from './image-options.ts'
import { uploadImage } from './image-upload.ts'
import type { Form } from './multipart-form.ts'
import { isRefusal } from './refusal.ts'
import { type ApiRoot, versionOf } from './resource.ts'

/**
 * Makes sure that the server has the image in a file, the unified tarball that `image export` writes, or in two; uploads
 * it as a stream, whatever its size. An image that is there is brought to the given aliases, properties and `public`.
 *
 * @returns whether anything had to be changed
 * @throws {APITransferException} the upload broke off; the server keeps nothing of it
 * @example
 * await imagePresent(api, './alpine.tar.xz', { aliases: ['alpine'], properties: { os: 'Alpine' } })
 * await imagePresent(api, { metadata: './meta.tar.xz', rootfs: './disk.qcow2', type: 'virtual-machine' })
 */
export async function imagePresent(
  api: ApiRoot,
  files: ImageFiles,
  options: ImageOptions = {},
): Promise<boolean> {
  checkNames(options, IMAGE_OPTIONS, 'imagePresent()')
  const fingerprint = await imageGetFingerprint(files)
  const filename = typeof files === 'string' ? files : undefined
  return bringImage(api, fingerprint, () => openImage(files), { ...options, filename })
}

/** Uploads an image that is not there, unless somebody else does so meanwhile, and brings one that is there to the details. */
export async function bringImage(
  api: ApiRoot,
  fingerprint: string,
  open: () => Promise<Form>,
  options: ImageOptions & { readonly filename?: string },
): Promise<boolean> {
  const isNew =
    !(await imageGet(api, fingerprint)) && (await uploadUnlessRaced(api, fingerprint, open, options))
  const { aliases, public: isPublic, properties } = options
  const details = isNew ? { aliases } : { aliases, public: isPublic, properties }
  return (await applyDetails(api, fingerprint, details)) || isNew
}

async function uploadUnlessRaced(
  api: ApiRoot,
  fingerprint: string,
  open: () => Promise<Form>,
  options: ImageOptions & { readonly filename?: string },
): Promise<boolean> {
  try {
    await uploadImage(versionOf(api).images, await open(), fingerprint, options)
    return true
  } catch (error) {
    if (isRefusal(error) && (await imageGet(api, fingerprint))) return false
    throw error
  }
}
