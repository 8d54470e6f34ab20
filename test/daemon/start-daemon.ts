import { cleanOrphans, createTempFolder } from './clean-up.ts'
import { Daemon } from './daemon.ts'
import { missingReason } from './needs.ts'
import type { Kind } from './server-kinds.ts'

/** The options of a daemon. */
export interface DaemonOptions {
  /** Whether to omit the storage pool and the root disk of the default profile. */
  readonly bare?: boolean
}

async function addStorage(daemon: Daemon): Promise<void> {
  await daemon.request('POST', '/1.0/storage-pools', { name: 'default', driver: 'dir' })
  const devices = { root: { type: 'disk', path: '/', pool: 'default' } }
  await daemon.request('PUT', '/1.0/profiles/default', { devices })
}

/** Starts a private daemon. */
export async function startDaemon(kind: Kind, { bare = false }: DaemonOptions = {}): Promise<Daemon> {
  const reason = missingReason(kind)
  if (reason !== undefined) throw new Error(reason)
  await cleanOrphans()
  const daemon = new Daemon(kind, createTempFolder())
  try {
    await daemon.start()
    if (!bare) await addStorage(daemon)
    return daemon
  } catch (error) {
    await daemon.stop()
    throw error
  }
}

/** Starts a private LXD. */
export function startLxd(options?: DaemonOptions): Promise<Daemon> {
  return startDaemon('lxd', options)
}

/** Starts a private Incus. */
export function startIncus(options?: DaemonOptions): Promise<Daemon> {
  return startDaemon('incus', options)
}
