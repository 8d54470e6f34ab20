import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findSocket, INCUS_SOCKETS, LXD_SOCKETS } from '../connection/local-socket.ts'
import type { TransportOptions } from '../connection/transport.ts'
import type { OidcOptions } from '../oidc/options.ts'
import { oidcTokenFile } from '../oidc/token-file.ts'
import type { Remote } from './remotes.ts'

const OIDC = 'oidc'

/**
 * Returns the options to connect to a remote as its program does.
 *
 * @throws {Error} the program has no client certificate
 * @throws {SocketNotFoundError} the remote is the local server, and there is no usable socket
 */
export function connectionOf(remote: Remote, environment: NodeJS.ProcessEnv): TransportOptions {
  const { addresses } = remote
  const sockets = addresses.map(address => socketAt(address, remote, environment))
  if (addresses.length === 1 && sockets[0] !== undefined) return { socketPath: sockets[0] }
  const urls = addresses.map((address, index) => urlOf(sockets[index]) ?? address)
  const baseUrl = urls.length === 1 ? urls[0] : urls
  return sockets.includes(undefined) ? { baseUrl, ...clientOf(remote), ...serverOf(remote) } : { baseUrl }
}

function socketAt(address: string, remote: Remote, environment: NodeJS.ProcessEnv): string | undefined {
  if (!address.startsWith('unix:')) return undefined
  return address.replace(/^unix:(\/\/)?/, '') || localSocket(remote, environment)
}

function urlOf(socket: string | undefined): string | undefined {
  return socket && `http+unix://${encodeURIComponent(socket)}`
}

/** Returns how a user logs in to a remote by OpenID Connect; with the tokens of the remote's program, if it does that. */
export function oidcOf(
  { name, authType, clientFolder = '' }: Remote,
  options: OidcOptions | undefined,
): OidcOptions | undefined {
  if (authType !== OIDC) return options
  return { store: oidcTokenFile(join(clientFolder, 'oidctokens', `${name}.json`)), ...options }
}

function localSocket({ program }: Remote, environment: NodeJS.ProcessEnv): string {
  const { LXD_SOCKET, LXD_DIR, INCUS_SOCKET, INCUS_DIR } = environment
  if (program === 'lxc') return findSocket({ LXD_SOCKET, LXD_DIR }, LXD_SOCKETS)
  return program === 'incus'
    ? findSocket({ INCUS_SOCKET, INCUS_DIR }, INCUS_SOCKETS)
    : findSocket(environment)
}

// Only the certificate of the remote's own program: to the server, the other program is another client.
function clientOf({ name, program, clientFolder = '', isPublic, authType }: Remote): TransportOptions {
  if (authType === OIDC) return {}
  const [cert, key] = [join(clientFolder, 'client.crt'), join(clientFolder, 'client.key')]
  if (existsSync(cert) && existsSync(key)) return { cert, key }
  if (isPublic) return {}
  const missing = existsSync(cert) ? key : cert
  throw new Error(
    `The remote ${name} takes a client certificate: there is no ${missing} (\`${program} remote generate-certificate\`)`,
  )
}

function serverOf(remote: Remote): TransportOptions {
  const serverCert = pinnedCertificateOf(remote)
  if (serverCert !== undefined) return { serverCert }
  const ca = join(remote.clientFolder ?? '', 'client.ca')
  return remote.clientFolder !== undefined && existsSync(ca) ? { ca } : {}
}

/** Reads the certificate that a program has pinned for a remote; `undefined` if it has pinned none. */
export function readPinnedCertificate(remote: Remote): string | undefined {
  const path = pinnedCertificateOf(remote)
  return path && readFileSync(path, 'utf8')
}

function pinnedCertificateOf({ name, folder }: Remote): string | undefined {
  const path = folder === undefined ? undefined : join(folder, 'servercerts', `${name}.crt`)
  return path !== undefined && existsSync(path) ? path : undefined
}
