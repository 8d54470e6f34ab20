import { createHash, type Hash } from 'node:crypto'
import { APIException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import type { Fields } from '../shared/fields.ts'
import { readImage } from '../shared/find-image.ts'
import { nameOf, splitPath } from '../shared/resource.ts'
import { download } from '../transfer/download.ts'
import type { TransferOptions, TransferTarget } from '../transfer/options.ts'
import { ProgressCounter } from '../transfer/progress-counter.ts'
import { writeTarget } from '../transfer/target.ts'
import type { ImageFiles, SplitImage } from './files.ts'
import { BrokenForm, boundaryOf } from './multipart-parser.ts'
import { SplitImageSink } from './split-sink.ts'

/** Copies an image to a file or a stream, or a split one to two files; resolves with the files. */
export async function exportImage(
  image: Path,
  target: TransferTarget,
  options: TransferOptions,
): Promise<ImageFiles> {
  const { signal } = options
  const images = splitPath(image).parent
  const { metadata } = await readImage(images, nameOf(image), { signal })
  const result = await images.path(metadata.fingerprint, 'export').get({ signal })
  try {
    if (boundaryOf(result.response.headers['content-type']) === undefined) {
      await exportFile(result, metadata.fingerprint, target, options)
      // Safe cast except for a stream, whose overload of exportTo() promises nothing.
      return target as string
    }
    if (typeof target !== 'string')
      throw new TypeError('A split image has two files: give the path of the first')
    const files = { metadata: target, rootfs: `${target}.root`, type: metadata.type }
    await exportSplit(result, metadata, files, options)
    return files
  } finally {
    // If the target can't be opened, the body has not been read.
    result.body?.destroy()
  }
}

async function exportFile(
  result: APIResult,
  fingerprint: string,
  target: TransferTarget,
  options: TransferOptions,
): Promise<void> {
  const hash = createHash('sha256')
  const onChunk = (chunk: Buffer): void => void hash.update(chunk)
  const verify = (): void => checkHash(result, hash, fingerprint)
  await writeTarget(target, {}, stream => download(result, stream, { ...options, onChunk, verify }))
}

async function exportSplit(
  result: APIResult,
  { fingerprint, size }: Fields,
  files: SplitImage,
  { onProgress, signal }: TransferOptions,
): Promise<void> {
  const hash = createHash('sha256')
  // The answer has no length.
  const counter = new ProgressCounter({ total: typeof size === 'number' ? size : undefined, onProgress })
  const boundary = boundaryOf(result.response.headers['content-type']) ?? ''
  const onBytes = (bytes: Buffer): void => {
    hash.update(bytes)
    counter.add(bytes.length)
  }
  const verify = (): void => checkHash(result, hash, String(fingerprint))
  try {
    await writeTarget(files.metadata, {}, metadata =>
      writeTarget(files.rootfs, {}, rootfs => {
        const sink = new SplitImageSink(boundary, { metadata, rootfs, onBytes, verify })
        return download(result, sink, { counter, signal })
      }),
    )
  } catch (cause) {
    if (!(cause instanceof BrokenForm)) throw cause
    throw new APIException({ request: result.request, result, error: cause.message, cause })
  }
}

function checkHash(result: APIResult, hash: Hash, fingerprint: string): void {
  const arrived = hash.digest('hex')
  if (arrived === fingerprint) return
  const error = `What arrived has the fingerprint ${arrived}`
  throw new APIException({ request: result.request, result, error })
}
