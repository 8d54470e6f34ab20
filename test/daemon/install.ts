import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Kind, whyNot } from './server-kinds.ts'

const script = fileURLToPath(new URL('install.sh', import.meta.url))

/** Installs the servers that this machine lacks, as root on Debian, and says so on stderr. */
export function installServers(kinds: readonly Kind[]): void {
  const lacking = kinds.filter(kind => whyNot(kind) !== undefined)
  if (lacking.length > 0) spawnSync('bash', [script, ...lacking], { stdio: ['ignore', 'inherit', 'inherit'] })
  for (const kind of lacking) {
    const reason = whyNot(kind)
    if (reason !== undefined) throw new Error(reason)
  }
}
