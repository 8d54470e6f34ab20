import { objectsIn } from '../../answer/metadata.ts'
import { checkUnicode } from '../../common/unicode.ts'
import { checkNames } from '../../request/options.ts'
import { type ApiRoot, versionOf } from '../shared/resource.ts'
import { isRefusal } from '../shared/retry.ts'
import type { Form } from '../transfer/multipart-form.ts'
import { applyDetails, imageGet } from './aliases.ts'
import { type ImageFiles, openImage, pathsOf, sizeOf } from './files.ts'
import { fingerprintOf } from './fingerprint.ts'
import { checkDetails, IMAGE_OPTIONS, type ImageOptions } from './options.ts'
import { type Fingerprint, findFingerprint, type ImageUploadOptions, uploadImage } from './upload.ts'

// Bytes, of which a fingerprint takes 50 ms.
const QUICKLY_HASHED = 64 * 1024 * 1024

/**
 * Makes sure that the server has the image in a file, the unified tarball that `image export` writes, or in two; uploads
 * it as a stream, whatever its size. An image that is there is brought to the given aliases, properties and `public`.
 *
 * Whether it is there, its fingerprint tells. 64 MiB and more are hashed before they are sent only if the server has an
 * image of that size, and otherwise while the server hashes them too.
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
  checkDetails(options)
  for (const path of pathsOf(files)) checkUnicode(path, 'The path of an image')
  const { signal } = options
  const filename = typeof files === 'string' ? files : undefined
  const find = (signal?: AbortSignal): Promise<string> => fingerprintOf(files, signal)
  const open = (): Promise<Form> => openImage(files)
  return (await mayBeThere(api, files, signal))
    ? bringImage(api, await find(signal), open, { ...options, filename })
    : bringNewImage(api, find, open, { ...options, filename })
}

/** Uploads an image that is not there, or brings one that is there to the details. */
export async function bringImage(
  api: ApiRoot,
  fingerprint: string,
  open: () => Promise<Form>,
  options: ImageUploadOptions,
): Promise<boolean> {
  return (await imageGet(api, fingerprint))
    ? applyDetails(api, fingerprint, options)
    : bringNewImage(api, fingerprint, open, options)
}

async function bringNewImage(
  api: ApiRoot,
  fingerprint: Fingerprint,
  open: () => Promise<Form>,
  options: ImageUploadOptions,
): Promise<boolean> {
  let arrived: string
  try {
    arrived = await uploadImage(versionOf(api).images, await open(), fingerprint, options)
  } catch (error) {
    // Somebody else may have uploaded it meanwhile.
    const image = isRefusal(error) && (await imageGet(api, await findFingerprint(fingerprint)))
    if (image) return applyDetails(api, image.metadata.fingerprint, options)
    throw error
  }
  await applyDetails(api, arrived, { aliases: options.aliases })
  return true
}

/** Has the server an image of that size? To take a fingerprint of less is quicker than to ask. */
async function mayBeThere(api: ApiRoot, files: ImageFiles, signal?: AbortSignal): Promise<boolean> {
  const size = await sizeOf(files)
  if (size < QUICKLY_HASHED) return true
  // LXD 5.0 finds nothing with a filter for the size.
  const listed = await versionOf(api).images.get({ query: { recursion: 1 }, signal })
  return objectsIn(listed).some(image => image.size === size)
}
