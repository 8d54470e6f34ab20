import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { APIResult } from '../result.ts'
import { converge } from './converge.ts'
import { imageGetFingerprint } from './fingerprint.ts'
import { isRefusal } from './refusal.ts'
import { type ApiRoot, deleteIfPresent, readIfPresent, versionOf } from './resource.ts'

/** What a new image is given. */
export interface ImageOptions {
  /** May clients without a certificate use it? */
  readonly public?: boolean
  /** Properties such as `os` and `release`. */
  readonly properties?: Readonly<Record<string, string>>
  /** Aborts the upload. */
  readonly signal?: AbortSignal
}

// LXD 5.0.2 answers a PATCH of an alias after 20 s, with "context deadline exceeded".
const ALIAS_WRITE = 'put'

/** The image with that fingerprint, in whole or its first characters, or `false`. */
export async function imageGet(api: ApiRoot, fingerprint: string): Promise<APIResult | false> {
  return readIfPresent(versionOf(api).images.path(fingerprint))
}

/**
 * Makes sure that there is no image with that fingerprint.
 *
 * @returns whether there was one
 */
export async function imageAbsent(api: ApiRoot, fingerprint: string): Promise<boolean> {
  return deleteIfPresent(versionOf(api).images.path(fingerprint))
}

/**
 * Makes sure that the server has the image in a file, the unified tarball that `image export` writes; uploads it
 * as a stream, whatever its size.
 *
 * @returns whether it had to be uploaded
 * @example
 * await imagePresent(api, './alpine.tar.xz', { properties: { os: 'Alpine' } })
 */
export async function imagePresent(api: ApiRoot, path: string, options: ImageOptions = {}): Promise<boolean> {
  const fingerprint = await imageGetFingerprint(path)
  if (await imageGet(api, fingerprint)) return false
  try {
    await upload(api, path, fingerprint, options)
    return true
  } catch (error) {
    if (isRefusal(error) && (await imageGet(api, fingerprint))) return false
    throw error
  }
}

/**
 * Makes sure that an alias names an image, and has the description if one is given.
 *
 * @returns whether anything had to be changed
 * @example
 * await imageAliasPresent(api, 'alpine', await imageGetFingerprint('./alpine.tar.xz'))
 */
export async function imageAliasPresent(
  api: ApiRoot,
  name: string,
  fingerprint: string,
  description?: string,
): Promise<boolean> {
  const { aliases } = versionOf(api).images
  const alias = aliases.path(name)
  const asked = { target: fingerprint, description }
  if (await readIfPresent(alias)) return converge(alias, asked, ALIAS_WRITE)
  try {
    await aliases.post({ name, ...asked }).wait()
    return true
  } catch (error) {
    if (isRefusal(error) && (await readIfPresent(alias))) return converge(alias, asked, ALIAS_WRITE)
    throw error
  }
}

async function upload(api: ApiRoot, path: string, fingerprint: string, options: ImageOptions): Promise<void> {
  const { size } = await stat(path)
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': String(size),
    'X-LXD-filename': encodeURIComponent(basename(path)),
    // The server compares it with what has arrived.
    'X-LXD-fingerprint': fingerprint,
    'X-LXD-public': options.public ? 'true' : undefined,
    'X-LXD-properties': options.properties && String(new URLSearchParams(options.properties)),
  }
  await versionOf(api)
    .images.post(createReadStream(path), { headers, signal: options.signal })
    .wait({ signal: options.signal })
}
