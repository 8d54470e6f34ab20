import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Need } from './needs.ts'

const SCRIPT = fileURLToPath(new URL('install.sh', import.meta.url))

/**
 * Installs requirements of the tests that this machine lacks, as root on Debian; does nothing for other users.
 *
 * Prints a line on stderr for each: what is installed, or why it can't be.
 */
export function installMissing(needs: readonly Need[]): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return
  spawnSync('bash', [SCRIPT, ...needs], { stdio: ['ignore', 'inherit', 'inherit'] })
}
