import { basename } from 'node:path'
import { APIException } from '../exceptions.ts'
import type { Path } from '../path.ts'
import type { APIResult } from '../result.ts'
import type { ImageOptions } from './image-options.ts'
import type { Form } from './multipart-form.ts'
import { upload } from './upload.ts'

/**
 * Sends an image, and waits until the server has it.
 *
 * @throws {APIException} what has arrived has another fingerprint
 */
export async function uploadImage(
  images: Path,
  { contentType, source }: Form,
  fingerprint: string,
  {
    filename,
    public: isPublic,
    properties,
    onProgress,
    signal,
  }: ImageOptions & { readonly filename?: string },
): Promise<void> {
  const headers = {
    'content-type': contentType,
    'X-LXD-filename': filename && encodeURIComponent(basename(filename)),
    // The server compares it with what has arrived.
    'X-LXD-fingerprint': fingerprint,
    'X-LXD-public': isPublic ? 'true' : undefined,
    'X-LXD-properties': properties && String(new URLSearchParams(properties)),
  }
  try {
    const started = await upload(images, source, { headers, onProgress, signal })
    checkFingerprint(await started.wait({ signal }), fingerprint)
  } finally {
    source.stream.destroy()
  }
}

function checkFingerprint(result: APIResult, fingerprint: string): void {
  const { request, metadata } = result
  const arrived = metadata?.metadata?.fingerprint
  if (arrived === fingerprint) return
  throw new APIException({
    request,
    result,
    error: `The image that arrived is ${arrived}, not ${fingerprint}`,
  })
}
