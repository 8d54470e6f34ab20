import { objectsIn } from '../../answer/metadata.ts'
import { checkUnicode } from '../../common/unicode.ts'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import { findImage } from '../shared/find-image.ts'
import { withLimits } from '../shared/limits.ts'
import { isRefusal } from '../shared/retry.ts'
import type { Outcome } from '../state/present.ts'
import { applyDetails } from './details.ts'
import { type ImageFiles, openImage, pathsOf, sizeOf } from './files.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { Form } from './multipart-form.ts'
import { checkDetails, IMAGE_OPTIONS, type ImageOptions } from './options.ts'
import { imageOutcome } from './outcome.ts'
import { type Fingerprint, type ImageUploadOptions, resolveFingerprint, uploadImage } from './upload.ts'

// In bytes. Hashing as many takes 50 ms.
const MAX_EAGERLY_HASHED_SIZE = 64 * 1024 * 1024

/** An image that exists now, and whether anything was changed. */
export interface EnsuredImage {
  readonly fingerprint: string
  readonly changed: boolean
}

/** Makes sure that a server has the image in a file, or in two. */
export async function presentImage(
  images: Path,
  files: ImageFiles,
  options: ImageOptions,
  call: string,
): Promise<Outcome> {
  const { fingerprint, changed } = await ensureImage(images, files, options, call)
  return imageOutcome(images, fingerprint, changed)
}

/** Makes sure that a server has an image, without reading it afterwards. */
export async function ensureImage(
  images: Path,
  files: ImageFiles,
  options: ImageOptions,
  call: string,
): Promise<EnsuredImage> {
  checkNames(options, IMAGE_OPTIONS, call)
  checkDetails(options)
  for (const path of pathsOf(files)) checkUnicode(path, 'The path of an image')
  return withLimits(images, options, call, signal => ensureFiles(images, files, { ...options, signal }))
}

async function ensureFiles(images: Path, files: ImageFiles, options: ImageOptions): Promise<EnsuredImage> {
  const { signal, check } = options
  const filename = typeof files === 'string' ? files : undefined
  const find = (signal?: AbortSignal): Promise<string> => fingerprintOf(files, signal)
  const open = (): Promise<Form> => openImage(files)
  return check || (await mayHaveImage(images, files, signal))
    ? ensureUploaded(images, await find(signal), open, { ...options, filename })
    : uploadNewImage(images, find, open, { ...options, filename })
}

/** Uploads an image that does not exist, or brings an existing one to the given details. */
export async function ensureUploaded(
  images: Path,
  fingerprint: string,
  open: () => Promise<Form>,
  options: ImageUploadOptions,
): Promise<EnsuredImage> {
  const found = await findImage(images, fingerprint)
  if (found) return { fingerprint, changed: await applyDetails(images, fingerprint, options) }
  if (options.check) return { fingerprint, changed: true }
  return uploadNewImage(images, fingerprint, open, options)
}

async function uploadNewImage(
  images: Path,
  fingerprint: Fingerprint,
  open: () => Promise<Form>,
  options: ImageUploadOptions,
): Promise<EnsuredImage> {
  let arrived: string
  try {
    arrived = await uploadImage(images, await open(), fingerprint, options)
  } catch (error) {
    // Another client may have uploaded it meanwhile.
    const found = isRefusal(error) && (await findImage(images, await resolveFingerprint(fingerprint)))
    if (!found) throw error
    const { fingerprint: there } = found.metadata
    return { fingerprint: there, changed: await applyDetails(images, there, options) }
  }
  await applyDetails(images, arrived, { aliases: options.aliases })
  return { fingerprint: arrived, changed: true }
}

/** Whether the server may have the image, judged by its size; hashing a small image is faster than a request. */
async function mayHaveImage(images: Path, files: ImageFiles, signal?: AbortSignal): Promise<boolean> {
  const size = await sizeOf(files)
  if (size < MAX_EAGERLY_HASHED_SIZE) return true
  // In LXD 5.0 a filter by size matches nothing.
  const listed = await images.get({ query: { recursion: 1 }, signal })
  return objectsIn(listed).some(image => image.size === size)
}
