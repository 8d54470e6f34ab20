import { type API, openImageServer, openRemote } from '../../api.ts'
import { APIConnectionException } from '../../errors/exceptions.ts'
import { readPinnedCertificate } from '../../remotes/connection.ts'
import { checkUsable, findImageRemote, nameOf } from '../../remotes/find-remote.ts'
import type { Remote } from '../../remotes/remotes.ts'
import { checkNames } from '../../request/options.ts'
import { firstReachable } from '../shared/first-reachable.ts'
import { COMMON_OPTIONS, type CommonOptions, withLimitedPath } from '../shared/limits.ts'
import { type ApiRoot, versionOf } from '../shared/resource.ts'
import { checkFilter, IMAGE_FILTER, type ImageFilter, isListed, type ListedImage } from './listed-image.ts'
import { listServerImages } from './server-images.ts'

/** Options of {@link listImages}. */
export interface ListImagesOptions extends ImageFilter, CommonOptions {}

const CALL = 'listImages()'
const OPTIONS: ReadonlySet<string> = new Set<keyof ListImagesOptions>([...COMMON_OPTIONS, ...IMAGE_FILTER])

/**
 * Lists the images of a remote: of an image server (simplestreams), or of an LXD or Incus server. Without filters, an
 * image server lists some hundreds, in all their versions.
 *
 * Nothing is downloaded but the lists, and those only if they have changed since this process read them. Where both `lxc`
 * and `incus` know a remote of the name, its program has to be said: `incus:images:`.
 *
 * @param source the name of a remote, as `lxc` and `incus` write it: `images:`; or the API of a server
 * @throws {Error} there is no such remote, or it is a registry of OCI images, which list nothing
 * @throws {APIException} it can't be reached, or has no such list
 * @example
 * console.table(await listImages('images:', { alias: 'debian/12' }))
 * await present(api.instances.web, { source: 'images:debian/12', status: 'Running' })
 */
export async function listImages(
  source: string | ApiRoot,
  options: ListImagesOptions = {},
): Promise<ListedImage[]> {
  checkNames(options, OPTIONS, CALL)
  checkFilter(options)
  const images = await (typeof source === 'string'
    ? listRemoteImages(findImageRemote(remoteIn(source), process.env), options)
    : withLimitedPath(versionOf(source), options, CALL, listServerImages))
  return images.filter(image => isListed(image, options))
}

function remoteIn(source: string): string {
  const name = /^((?:(?:lxc|incus):)?[^:]+):?$/.exec(source)?.[1]
  if (name !== undefined) return name
  throw new TypeError(
    `${CALL}: give the name of a remote, such as 'images:', and what to list of it as options: { alias: 'debian/12' }`,
  )
}

async function listRemoteImages(remote: Remote, options: CommonOptions): Promise<readonly ListedImage[]> {
  if (remote.protocol === 'oci')
    throw new Error(
      `The remote ${nameOf(remote)} is a registry of OCI images: registries list none, so name one`,
    )
  if (remote.protocol === 'simplestreams') return listFirstAddress(remote, options)
  checkUsable(remote)
  return using(openRemote(remote), api => withLimitedPath(versionOf(api), options, CALL, listServerImages))
}

async function listFirstAddress(remote: Remote, options: CommonOptions): Promise<readonly ListedImage[]> {
  const images = await firstReachable(
    remote.addresses,
    address => listAddress(remote, address, options),
    error => error instanceof APIConnectionException,
  )
  if (images === undefined) throw new Error(`The remote ${nameOf(remote)} has no address`)
  return images
}

function listAddress(
  remote: Remote,
  address: string,
  options: CommonOptions,
): Promise<readonly ListedImage[]> {
  const pin = readPinnedCertificate(remote)
  const consumer = remote.program === 'incus' ? 'incus' : 'lxd'
  return using(openImageServer(address, pin), api =>
    withLimitedPath(api.path(), options, CALL, async root => {
      const { listServedImages } = await import('./image-server.ts')
      return listServedImages({ root, address, pin: pin ?? '', consumer })
    }),
  )
}

async function using<T>(api: API, use: (api: API) => Promise<T>): Promise<T> {
  try {
    return await use(api)
  } finally {
    await api.close()
  }
}
