import { type Certificate, makeCertificate } from './certificate.ts'
import type { Daemon } from './daemon.ts'
import { installedVersion, type Kind, serverKinds, whyNot } from './server-kinds.ts'
import { type DaemonOptions, startDaemon } from './start-daemon.ts'

/** One way to reach one of the servers of this machine. */
export interface ServerUnderTest {
  /** Such as `LXD 5.0.2 over HTTPS`, for the names of tests. */
  readonly label: string
  readonly kind: Kind
  /** Starts it; the daemon's `connection` is the way the label names. */
  start(options?: DaemonOptions): Promise<Daemon>
}

/** A server that cannot be tested here. */
export interface MissingServer {
  readonly kind: Kind
  readonly reason: string
}

let client: Certificate | undefined

/** Makes the daemon reachable over HTTPS, with a certificate that it trusts. */
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
  const name = `${serverKinds[kind].title} ${installedVersion(kind)}`
  const overSocket = {
    label: `${name} over the socket`,
    kind,
    start: (o?: DaemonOptions) => startDaemon(kind, o),
  }
  const overHttps = {
    label: `${name} over HTTPS`,
    kind,
    start: (o?: DaemonOptions) => startOverHttps(kind, o),
  }
  return [overSocket, overHttps]
}

/** The servers that can be started here: each over its socket and over HTTPS. */
export function serversUnderTest(): ServerUnderTest[] {
  const kinds = Object.keys(serverKinds) as Kind[] // The table's keys are the kinds.
  return kinds.filter(kind => whyNot(kind) === undefined).flatMap(transportsTo)
}

/** The servers that cannot be started here, and why; with `CI=true` that is to be a failure. */
export function missingServers(): MissingServer[] {
  const kinds = Object.keys(serverKinds) as Kind[] // The table's keys are the kinds.
  return kinds.flatMap(kind => {
    const reason = whyNot(kind)
    return reason === undefined ? [] : [{ kind, reason }]
  })
}
