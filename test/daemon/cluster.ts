import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Daemon, type Endpoint, stopAll } from './daemon.ts'
import { startLxd } from './start-daemon.ts'

/** A member of a cluster. */
export type ClusterMember = Daemon & Endpoint & { readonly name: string }

/** Several LXD daemons on this machine that form a cluster. */
export interface Cluster extends AsyncDisposable {
  readonly members: readonly ClusterMember[]
  /** The certificate of all members, as PEM text. */
  readonly serverCert: string
  stop(): Promise<void>
}

const PASSWORD = 'cluster-password'

async function bootstrapCluster(daemon: Daemon, name: string): Promise<void> {
  await daemon.listenHttps()
  await daemon.setTrustPassword(PASSWORD)
  await daemon.request('PUT', '/1.0/cluster', { server_name: name, enabled: true })
}

async function joinCluster(daemon: Daemon, name: string, first: ClusterMember): Promise<void> {
  const { baseUrl } = await daemon.listenHttps()
  await daemon.request('PUT', '/1.0/cluster', {
    enabled: true,
    server_name: name,
    server_address: new URL(baseUrl).host,
    cluster_address: new URL(first.baseUrl).host,
    cluster_certificate: first.serverCert,
    cluster_password: PASSWORD,
    member_config: [],
  })
}

// A member presents the cluster's certificate instead of its own.
async function asMember(daemon: Daemon, name: string): Promise<ClusterMember> {
  const { baseUrl } = await daemon.listenHttps()
  const serverCertPath = join(daemon.dir, 'cluster.crt')
  return Object.assign(daemon, {
    name,
    baseUrl,
    serverCertPath,
    serverCert: readFileSync(serverCertPath, 'utf8'),
  })
}

async function formCluster(daemons: readonly Daemon[]): Promise<ClusterMember[]> {
  const members: ClusterMember[] = []
  for (const [index, daemon] of daemons.entries()) {
    const name = `n${index + 1}`
    const first = members[0]
    await (first ? joinCluster(daemon, name, first) : bootstrapCluster(daemon, name))
    members.push(await asMember(daemon, name))
  }
  return members
}

async function startAll(size: number): Promise<Daemon[]> {
  const starts = Array.from({ length: size }, (_, index) => startLxd({ bare: index > 0 }))
  const settled = await Promise.allSettled(starts)
  const daemons = settled.filter(result => result.status === 'fulfilled').map(({ value }) => value)
  const failed = settled.find(result => result.status === 'rejected')
  if (failed === undefined) return daemons
  await stopAll(daemons)
  throw failed.reason
}

/** Starts a cluster of LXD daemons named n1, n2 and so on. */
export async function startCluster(size = 3): Promise<Cluster> {
  const daemons = await startAll(size)
  const stop = () => stopAll(daemons)
  try {
    const members = await formCluster(daemons)
    return { members, serverCert: members[0]?.serverCert ?? '', stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}
