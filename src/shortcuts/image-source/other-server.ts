import { textIn } from '../../answer/metadata.ts'
import { type API, openRemote } from '../../api.ts'
import { contextOf, type Path } from '../../path.ts'
import { readPinnedCertificate } from '../../remotes/connection.ts'
import { checkUsable, nameOf } from '../../remotes/find-remote.ts'
import type { Remote } from '../../remotes/remotes.ts'
import type { Fields } from '../shared/fields.ts'
import { fingerprintIn, readImageByName } from '../shared/find-image.ts'
import { asPath } from '../shared/item-path.ts'
import { impossible, readServer, type ServerInfo } from '../shared/server-info.ts'

/** Options of looking up a source. */
export interface SourceOptions {
  /** Whether to change nothing on the other server: a private image then lacks its secret. */
  readonly check?: boolean
}

/** Finds an image of another LXD or Incus server, from which the target pulls it; a private one by a secret for it alone. */
export async function findOnServer(
  remote: Remote,
  name: string,
  caller: Path,
  target: ServerInfo,
  options: SourceOptions,
): Promise<readonly Fields[]> {
  checkUsable(remote)
  const root: API = openRemote(remote)
  try {
    return await findSources(remote, name, withSignalsOf(caller, asPath(root.path('1.0'))), target, options)
  } finally {
    await root.close()
  }
}

function withSignalsOf(caller: Path, path: Path): Path {
  const { signals = [] } = contextOf(caller).defaults
  return signals.reduce((limited, signal) => limited.with({ signal }), path)
}

async function findSources(
  remote: Remote,
  name: string,
  version: Path,
  target: ServerInfo,
  { check }: SourceOptions,
): Promise<readonly Fields[]> {
  // Clients that a public server does not know are told little about it.
  const info = remote.isPublic ? undefined : await readServer(version)
  const images = version.path('images')
  const { image, alias } = await readImageByName(images, name || 'default')
  const fingerprint = fingerprintIn(image)
  const project = remote.project === undefined ? {} : { project: remote.project }
  if (info?.certificate === target.certificate) return [{ type: 'image', fingerprint, ...project }]
  const origins = originsOf(remote, info)
  const isPublic = image.metadata.public === true
  const named = isPublic && alias !== undefined ? { alias } : { fingerprint }
  const secret = isPublic || check ? {} : { secret: await makeSecret(images.path(fingerprint)) }
  const source = { ...named, ...project, ...certificateOf(remote, info), ...secret }
  return origins.map(server => ({ type: 'image', mode: 'pull', server, ...source }))
}

// The secret is valid for one download, and for this image only.
async function makeSecret(image: Path): Promise<string> {
  return textIn(await image.path('secret').post(), 'metadata', 'secret')
}

function certificateOf(remote: Remote, info: ServerInfo | undefined): Fields {
  const certificate = readPinnedCertificate(remote)
  if (certificate !== undefined) return { certificate }
  // Over its socket a server is known anyway, and its certificate is its own; elsewhere an authority vouches for it.
  return remote.address.startsWith('unix:') && info ? { certificate: info.certificate } : {}
}

function originsOf(remote: Remote, info: ServerInfo | undefined): readonly string[] {
  const origins = info?.origins ?? remote.addresses
  if (info === undefined || origins.length > 0) return origins
  throw impossible(
    info,
    `No other server can pull images from ${nameOf(remote)}: set core.https_address on it`,
  )
}
