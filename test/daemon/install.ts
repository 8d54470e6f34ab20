import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Need } from './needs.ts'

const script = fileURLToPath(new URL('install.sh', import.meta.url))

/**
 * Installs what this machine lacks of what tests need, as root on Debian.
 *
 * Says on stderr, in a line each, what it installs or why it cannot. Does nothing for other users.
 */
export function installMissing(needs: readonly Need[]): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return
  spawnSync('bash', [script, ...needs], { stdio: ['ignore', 'inherit', 'inherit'] })
}
