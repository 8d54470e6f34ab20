import { isRecord } from '../../common/is-record.ts'
import { APINotFoundException } from '../../errors/exceptions.ts'
import { addAdvice } from '../../errors/hints.ts'
import { malformed } from '../../errors/malformed-answer.ts'
import type { ApiPath, Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { isPlainName } from '../shared/plain-name.ts'
import { readCached } from './cached-document.ts'
import type { ListedImage } from './listed-image.ts'
import { type ImageConsumer, imagesIn, sortImages } from './products.ts'

const UBUNTU = 'https://cloud-images.ubuntu.com'

/** An image server (simplestreams). */
export interface ImageServer {
  /** The root of its origin, with the limits of the call. */
  readonly root: ApiPath
  readonly address: string
  /** Distinguishes it from servers that are trusted otherwise at the same address. */
  readonly pin: string
  readonly consumer: ImageConsumer
}

/**
 * Lists the images of an image server, the newest first.
 *
 * @throws {MalformedAnswer} it has no index of simplestreams
 */
export async function listServedImages(server: ImageServer): Promise<readonly ListedImage[]> {
  const paths = await readIndex(server)
  const lists = await Promise.all(paths.map(path => readProducts(server, path)))
  return sortImages(lists.flat())
}

async function readIndex(server: ImageServer): Promise<readonly string[]> {
  try {
    const path = server.root.forUrl(urlOf(server, 'streams/v1/index.json'))
    return await readCached(path, keyOf(server, path), productPathsIn)
  } catch (error) {
    if (!(error instanceof APINotFoundException)) throw error
    throw addAdvice(error, 'no image server answers there; one that has only a signed index can’t be listed')
  }
}

/** The paths of the lists of images in an index. */
function productPathsIn(document: unknown, result: APIResult): readonly string[] {
  const index = isRecord(document) ? document.index : undefined
  if (!isRecord(index)) throw malformed(result, 'That is not the index of an image server (simplestreams)')
  const lists = Object.values(index).filter(isRecord)
  return lists
    .filter(({ datatype }) => datatype === 'image-downloads')
    .map(({ path }) => checkPath(path, result))
}

function checkPath(path: unknown, result: APIResult): string {
  if (typeof path !== 'string' || !path.split('/').every(isFileName))
    throw malformed(result, `The index names ${JSON.stringify(path)}, which is no file of the server`)
  if (path.endsWith('.sjson'))
    throw malformed(
      result,
      `The list of images is signed (${path}): lxdapi reads only unsigned ones, over HTTPS`,
    )
  return path
}

function isFileName(segment: string): boolean {
  return isPlainName(segment) && /^[\w.:@+~-]+$/.test(segment)
}

async function readProducts(server: ImageServer, file: string): Promise<readonly ListedImage[]> {
  const path = server.root.forUrl(urlOf(server, file))
  return readCached(path, keyOf(server, path), (document, result) => {
    const products = isRecord(document) ? document.products : undefined
    if (!isRecord(products)) throw malformed(result, 'That is not a list of images (simplestreams)')
    return imagesIn(products, server.consumer).map(image => withShortAliases(image, server))
  })
}

// The servers know the images there only by names without it: `24.04`.
function withShortAliases(image: ListedImage, { address }: ImageServer): ListedImage {
  if (new URL(address).origin !== UBUNTU) return image
  return { ...image, aliases: [...new Set(image.aliases.map(alias => alias.replace(/^ubuntu\//, '')))] }
}

function urlOf({ address }: ImageServer, file: string): string {
  return `${new URL(address).pathname.replace(/\/$/, '')}/${file}`
}

function keyOf({ address, pin, consumer }: ImageServer, path: Path): string {
  return [consumer, pin, new URL(address).origin, path].join(' ')
}
