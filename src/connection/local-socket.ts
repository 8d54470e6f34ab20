import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'

/** Where LXD puts its socket. */
export const LXD_SOCKETS: readonly string[] = [
  '/var/snap/lxd/common/lxd/unix.socket',
  '/var/lib/lxd/unix.socket',
]

/** Where Incus puts its socket. */
export const INCUS_SOCKETS: readonly string[] = ['/run/incus/unix.socket', '/var/lib/incus/unix.socket']

/** Where a socket was looked for, and why it was not taken: `/run/incus/unix.socket (no such file)`. */
export class SocketNotFoundError extends Error {
  constructor(tried: readonly string[]) {
    super(
      `No LXD or Incus socket found. Tried LXD_SOCKET, INCUS_SOCKET, LXD_DIR, INCUS_DIR (not set), then ${tried.join(', ')}. ` +
        'Is the daemon installed and running, and is this user in its group (lxd, incus-admin)? ' +
        'Elsewhere: API.factory({ socketPath }) or API.factory({ baseUrl }).',
    )
  }

  override get name(): string {
    return 'SocketNotFoundError'
  }
}

/**
 * The path of the local server's socket: what the environment says (`LXD_SOCKET`, `INCUS_SOCKET`, `LXD_DIR`,
 * `INCUS_DIR`), else the first well-known one that this process may use.
 */
export function findSocket(
  environment: NodeJS.ProcessEnv,
  wellKnown: readonly string[] = [...LXD_SOCKETS, ...INCUS_SOCKETS],
): string {
  const named = socketOf(environment)
  if (named !== undefined) return named
  const tried = wellKnown.map(path => ({ path, problem: problemWith(path) }))
  const usable = tried.find(({ problem }) => problem === undefined)
  if (usable !== undefined) return usable.path
  throw new SocketNotFoundError(tried.map(({ path, problem }) => `${path} (${problem})`))
}

function socketOf({ LXD_SOCKET, INCUS_SOCKET, LXD_DIR, INCUS_DIR }: NodeJS.ProcessEnv): string | undefined {
  const dir = LXD_DIR || INCUS_DIR
  return LXD_SOCKET || INCUS_SOCKET || (dir ? join(dir, 'unix.socket') : undefined)
}

function problemWith(path: string): string | undefined {
  try {
    if (!statSync(path).isSocket()) return 'not a socket'
    accessSync(path, constants.R_OK | constants.W_OK)
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : 'permission denied'
  }
}
