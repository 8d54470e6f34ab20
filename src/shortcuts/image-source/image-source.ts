import { addAdvice } from '../../errors/hints.ts'
import type { Path } from '../../path.ts'
import { readPinnedCertificate } from '../../remotes/connection.ts'
import { findImageRemote } from '../../remotes/find-remote.ts'
import type { Remote } from '../../remotes/remotes.ts'
import type { Fields } from '../shared/fields.ts'
import { fingerprintIn, readImageByName } from '../shared/find-image.ts'
import { impossible, readServer, type ServerInfo } from '../shared/server-info.ts'
import { parseImageName } from './image-name.ts'
import { findOnServer, type SourceOptions } from './other-server.ts'

/**
 * Finds the image that text names, and gives the `source` of an instance for it: several to be tried in turn, if where
 * the image is has several addresses.
 *
 * @param server any path on the server that is to have the instance
 * @throws {TypeError} the text is not a name
 * @throws {Error} there is no such remote
 * @throws {APINotFoundException} there is no such image
 */
export async function findImageSources(
  server: Path,
  text: string,
  options: SourceOptions = {},
): Promise<readonly Fields[]> {
  const { remote: name, image } = parseImageName(text)
  if (name === undefined) return [await findHere(server, image)]
  const target = await readServer(server)
  const remote = findImageRemote(name, process.env, target.server === 'incus' ? 'incus' : 'lxc')
  return remote.protocol === 'simplestreams' || remote.protocol === 'oci'
    ? listImageServer(remote, image, target)
    : findOnServer(remote, image, server, target, options)
}

async function findHere(server: Path, name: string): Promise<Fields> {
  try {
    const { image } = await readImageByName(server.forUrl('/1.0/images'), name)
    return { type: 'image', fingerprint: fingerprintIn(image) }
  } catch (error) {
    throw addAdvice(error, `an image of a remote is named with a colon: '${name.replace('/', ':')}'`)
  }
}

// What it has, the server finds out: aliases of image servers depend on its architecture.
function listImageServer(remote: Remote, image: string, target: ServerInfo): readonly Fields[] {
  const { protocol, addresses } = remote
  if (protocol === 'oci') checkOci(remote, image, target)
  const certificate = readPinnedCertificate(remote)
  return addresses.map(server => ({
    type: 'image',
    mode: 'pull',
    protocol,
    server,
    alias: image || 'default',
    ...(certificate !== undefined && { certificate }),
  }))
}

function checkOci({ name }: Remote, image: string, target: ServerInfo): void {
  if (image === '') throw new TypeError(`source: name an image of the registry: '${name}:nginx'`)
  if (target.extensions.has('instance_oci')) return
  throw impossible(
    target,
    `${target.title} takes no images of OCI registries: it has no API extension instance_oci, which Incus has from 6.3 on`,
  )
}
