import { type Certificate, makeCertificate } from './certificate.ts'
import type { Daemon } from './daemon.ts'
import { missingReason } from './needs.ts'
import { installedVersion, type Kind, serverKinds } from './server-kinds.ts'
import { type DaemonOptions, startDaemon } from './start-daemon.ts'

/** A server that the tests run against, with one of its transports. */
export interface ServerUnderTest {
  /** Such as `LXD 5.0.2 over HTTPS`, for test names; without the version if it is not installed. */
  readonly label: string
  readonly kind: Kind
  /** Why it can't be started here; `undefined` if it can. */
  readonly missing: string | undefined
  /** Starts it; the daemon's `connection` is that of the label. */
  start(options?: DaemonOptions): Promise<Daemon>
}

let client: Certificate | undefined

/** Switches a daemon's `connection` to HTTPS, with a certificate that it trusts. */
export async function connectOverHttps(daemon: Daemon): Promise<Daemon> {
  const { baseUrl, serverCert } = await daemon.listenHttps()
  client ??= makeCertificate({ name: 'lxdapi tests' })
  const { cert, key } = client
  await daemon.trust(cert)
  daemon.connection = { baseUrl, serverCert, cert, key }
  return daemon
}

async function startOverHttps(kind: Kind, options?: DaemonOptions): Promise<Daemon> {
  const daemon = await startDaemon(kind, options)
  try {
    return await connectOverHttps(daemon)
  } catch (error) {
    await daemon.stop()
    throw error
  }
}

function transportsTo(kind: Kind): ServerUnderTest[] {
  const missing = missingReason(kind)
  const { title } = serverKinds[kind]
  const name = missing === undefined ? `${title} ${installedVersion(kind)}` : title
  return [
    { label: `${name} over the socket`, kind, missing, start: options => startDaemon(kind, options) },
    { label: `${name} over HTTPS`, kind, missing, start: options => startOverHttps(kind, options) },
  ]
}

/** Lists the servers that the tests run against, each over its socket and over HTTPS, including those missing here. */
export function serversUnderTest(): ServerUnderTest[] {
  const kinds = Object.keys(serverKinds) as Kind[] // Safe cast: the keys of the table are the kinds.
  return kinds.flatMap(transportsTo)
}
