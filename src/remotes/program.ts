import { existsSync } from 'node:fs'
import type { Program } from '../connection/config-folders.ts'
import { INCUS_SOCKETS, LXD_SOCKETS } from '../connection/local-socket.ts'

/** The program whose server is on this machine: as the environment says, or by the sockets; `lxc` in doubt. */
export function programOnThisMachine(environment: NodeJS.ProcessEnv): Program['name'] {
  const { LXD_SOCKET, LXD_DIR, INCUS_SOCKET, INCUS_DIR } = environment
  if (LXD_SOCKET || LXD_DIR) return 'lxc'
  if (INCUS_SOCKET || INCUS_DIR) return 'incus'
  return !LXD_SOCKETS.some(existsSync) && INCUS_SOCKETS.some(existsSync) ? 'incus' : 'lxc'
}
