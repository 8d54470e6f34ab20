import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'

/** Default paths of LXD's socket. */
export const LXD_SOCKETS: readonly string[] = [
  '/var/snap/lxd/common/lxd/unix.socket',
  '/var/lib/lxd/unix.socket',
]

/** Default paths of Incus' socket. */
export const INCUS_SOCKETS: readonly string[] = ['/run/incus/unix.socket', '/var/lib/incus/unix.socket']

/** Paths of the guest API's socket in an instance. */
export const GUEST_SOCKETS: readonly string[] = ['/dev/incus/sock', '/dev/lxd/sock']

/** No usable socket was found; the message lists each path with its problem: `/run/incus/unix.socket (no such file)`. */
export class SocketNotFoundError extends Error {
  override get name(): string {
    return 'SocketNotFoundError'
  }
}

/**
 * Finds the local server's socket: from the environment (`LXD_SOCKET`, `INCUS_SOCKET`, `LXD_DIR`, `INCUS_DIR`), else
 * the first default path that this process may use.
 *
 * @throws {SocketNotFoundError} there is none
 */
export function findSocket(
  environment: NodeJS.ProcessEnv,
  wellKnown: readonly string[] = [...LXD_SOCKETS, ...INCUS_SOCKETS],
): string {
  return (
    socketOf(environment) ??
    findUsable(
      wellKnown,
      tried =>
        `No LXD or Incus socket found. Tried LXD_SOCKET, INCUS_SOCKET, LXD_DIR, INCUS_DIR (not set), then ${tried}. ` +
        'Is the daemon installed and running, and is this user in its group (lxd, incus-admin)? ' +
        'Elsewhere: API.factory({ socketPath }) or API.factory({ baseUrl }).',
    )
  )
}

/**
 * Finds the socket of the guest API.
 *
 * @throws {SocketNotFoundError} there is none, as outside of instances
 */
export function findGuestSocket(): string {
  return findUsable(
    GUEST_SOCKETS,
    tried =>
      `No socket of a guest API found. Tried ${tried}. Is this an instance of LXD or Incus, is security.devlxd or ` +
      'security.guestapi not false, and is this user its root?',
  )
}

function findUsable(paths: readonly string[], describe: (tried: string) => string): string {
  const tried = paths.map(path => ({ path, problem: problemWith(path) }))
  const usable = tried.find(({ problem }) => problem === undefined)
  if (usable !== undefined) return usable.path
  throw new SocketNotFoundError(describe(tried.map(({ path, problem }) => `${path} (${problem})`).join(', ')))
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
