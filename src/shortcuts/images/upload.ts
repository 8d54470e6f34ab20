import { basename } from 'node:path'
import { APIException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { cleanUpAfter } from '../shared/cleanup.ts'
import { fingerprintIn } from '../shared/find-image.ts'
import { upload } from '../transfer/upload.ts'
import type { Form } from './multipart-form.ts'
import type { ImageOptions } from './options.ts'

/** Options of uploading an image. */
export interface ImageUploadOptions extends ImageOptions {
  /** The name of the original file. */
  readonly filename?: string
}

/** A fingerprint, or a function that computes it. */
export type Fingerprint = string | ((signal?: AbortSignal) => Promise<string>)

/**
 * Uploads an image, and waits until the server has it; resolves with its fingerprint. An unknown one is computed during
 * that wait, while the server computes it too.
 *
 * @throws {APIException} the server has computed another one; the image is deleted
 */
export async function uploadImage(
  images: Path,
  { contentType, source }: Form,
  fingerprint: Fingerprint,
  { filename, public: isPublic, properties, onProgress, signal }: ImageUploadOptions,
): Promise<string> {
  const headers = {
    'content-type': contentType,
    'X-LXD-filename': filename && encodeURIComponent(basename(filename)),
    // The server compares it with that of the uploaded image.
    'X-LXD-fingerprint': typeof fingerprint === 'string' ? fingerprint : undefined,
    'X-LXD-public': isPublic ? 'true' : undefined,
    'X-LXD-properties': properties && String(new URLSearchParams(properties)),
  }
  const stop = new AbortController()
  try {
    const { result: started } = await upload(images, source, { headers, onProgress, signal })
    const finding = resolveFingerprint(fingerprint, stop.signal)
    const [result, expected] = await Promise.all([started.wait({ signal }), finding])
    await checkFingerprint(images, result, expected)
    return expected
  } finally {
    stop.abort()
    source.stream.destroy()
  }
}

/** Resolves with the fingerprint, which is computed if it is unknown. */
export async function resolveFingerprint(fingerprint: Fingerprint, signal?: AbortSignal): Promise<string> {
  return typeof fingerprint === 'string' ? fingerprint : fingerprint(signal)
}

async function checkFingerprint(images: Path, result: APIResult, fingerprint: string): Promise<void> {
  const arrived = fingerprintIn(result, 'metadata')
  if (arrived === fingerprint) return
  const error = `The image that arrived is ${arrived}, not ${fingerprint}`
  const failure = new APIException({ request: result.request, result, error })
  throw await cleanUpAfter(failure, () => images.path(arrived).delete().wait())
}
