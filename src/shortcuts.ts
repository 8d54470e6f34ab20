import type { APIResult } from './result.ts'
import type { ImageFiles } from './shortcuts/images/files.ts'
import type { ImageOptions } from './shortcuts/images/options.ts'
import { ensureImage } from './shortcuts/images/present.ts'
import { applyStatus } from './shortcuts/instances/status.ts'
import {
  findImageByAlias,
  findImageByName,
  fingerprintIn,
  isFingerprint,
} from './shortcuts/shared/find-image.ts'
import { type ApiRoot, deleteIfPresent, readIfPresent, versionOf } from './shortcuts/shared/resource.ts'
import { absent, type PresentOptions, present } from './shortcuts/state/present.ts'
import type { TargetStatus } from './shortcuts/state/status.ts'

export { imageGetFingerprint } from './shortcuts/images/fingerprint.ts'

// The functions of the Python library, with its names, from when all instances were containers: `(api, name)`, and a
// boolean for whether anything was changed. Each stands on the functions that take a path.

/** The desired state of an instance: the body of `POST /1.0/instances`, and its status. */
export interface ContainerConfig {
  readonly name: string
  /** The desired status; unchanged by default. */
  readonly status?: TargetStatus
  readonly [field: string]: unknown
}

/**
 * Reads the instance of a name; `false` if it does not exist.
 *
 * @example
 * const web = await containerGet(api, 'web')
 * if (web) console.log(web.metadata.status)
 */
export async function containerGet(api: ApiRoot, name: string): Promise<APIResult | false> {
  return readIfPresent(versionOf(api).instances.path(name))
}

/** Makes sure that no instance has that name, as {@link absent} does; resolves with whether there was one. */
export async function containerAbsent(api: ApiRoot, name: string): Promise<boolean> {
  return (await absent(versionOf(api).instances.path(name))).changed
}

/** Makes sure that an instance is as described, as {@link present} does; resolves with whether anything was changed. */
export async function containerApplyConfig(api: ApiRoot, config: ContainerConfig): Promise<boolean> {
  return (await present(versionOf(api).instances.path(config.name), config)).changed
}

/** Makes sure that an instance has a status; resolves with whether anything was changed. */
export async function containerApplyStatus(
  api: ApiRoot,
  name: string,
  status: TargetStatus,
  options: PresentOptions = {},
): Promise<boolean> {
  const instance = versionOf(api).instances.path(name)
  return (await applyStatus(instance, status, options, 'containerApplyStatus()')).changed
}

/** Reads the image with a fingerprint, which may be a prefix, or with an alias; `false` if it does not exist. */
export async function imageGet(api: ApiRoot, name: string): Promise<APIResult | false> {
  return (await findImageByName(versionOf(api).images, name)) ?? false
}

/** Makes sure that no image has that fingerprint or alias; resolves with whether there was one. */
export async function imageAbsent(api: ApiRoot, name: string): Promise<boolean> {
  const { images } = versionOf(api)
  if (isFingerprint(name) && (await deleteIfPresent(images.path(name)))) return true
  const image = await findImageByAlias(images, name)
  return image !== undefined && deleteIfPresent(images.path(fingerprintIn(image)))
}

/**
 * Makes sure that the server has the image in a file, the unified tarball that `image export` writes, or in two; uploads
 * it as a stream, whatever its size. An existing image is changed to have the given aliases, properties and `public`.
 *
 * Its fingerprint decides whether it exists. 64 MiB and more are hashed before they are sent only if the server has an
 * image of that size, and otherwise while the server hashes them too.
 *
 * @returns whether anything was changed
 * @throws {APITransferException} the upload was interrupted; the server keeps nothing of it
 * @example
 * await imagePresent(api, './alpine.tar.xz', { aliases: ['alpine'], properties: { os: 'Alpine' } })
 * await imagePresent(api, { metadata: './meta.tar.xz', rootfs: './disk.qcow2', type: 'virtual-machine' })
 */
export async function imagePresent(
  api: ApiRoot,
  files: ImageFiles,
  options: ImageOptions = {},
): Promise<boolean> {
  return (await ensureImage(versionOf(api).images, files, options, 'imagePresent()')).changed
}

/**
 * Makes sure that an alias names an image, and has the description if one is given; resolves with whether anything was
 * changed.
 *
 * @example
 * await imageAliasPresent(api, 'alpine', await imageGetFingerprint('./alpine.tar.xz'))
 */
export async function imageAliasPresent(
  api: ApiRoot,
  name: string,
  fingerprint: string,
  description?: string,
): Promise<boolean> {
  const alias = versionOf(api).images.aliases.path(name)
  return (await present(alias, { target: fingerprint, description })).changed
}
