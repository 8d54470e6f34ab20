import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The two servers that speak this API. */
export type Kind = 'lxd' | 'incus'

/** What differs between the servers, from a test's point of view. */
export interface ServerKind {
  readonly title: string
  /** Names or paths the daemon's program may have. */
  readonly daemons: readonly string[]
  /** The command line program. */
  readonly client: string
  readonly dirVariable: string
  readonly confVariable: string
}

/** The table of servers. */
export const serverKinds: Readonly<Record<Kind, ServerKind>> = {
  lxd: {
    title: 'LXD',
    daemons: ['lxd'],
    client: 'lxc',
    dirVariable: 'LXD_DIR',
    confVariable: 'LXD_CONF',
  },
  incus: {
    title: 'Incus',
    daemons: ['incusd', '/usr/libexec/incus/incusd', '/opt/incus/bin/incusd'],
    client: 'incus',
    dirVariable: 'INCUS_DIR',
    confVariable: 'INCUS_CONF',
  },
}

/** The path of a program, or `undefined` where there is none. */
export function findProgram(names: readonly string[]): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  // A snap's program is confined to the snap's own daemon: it would not take another folder.
  const usable = folders.filter(folder => folder !== '' && !folder.startsWith('/snap/'))
  const paths = names.flatMap(name =>
    name.includes('/') ? [name] : usable.map(folder => join(folder, name)),
  )
  return paths.find(path => existsSync(path))
}

/** Why a private daemon of this kind cannot be started here, or `undefined` when it can. */
export function whyNot(kind: Kind): string | undefined {
  const { title, daemons, client } = serverKinds[kind]
  if (process.platform !== 'linux') return `${title} runs on Linux only`
  if (process.getuid?.() !== 0) return `a private ${title} needs root`
  const missing = [daemons, [client], ['busybox'], ['xz']].find(names => findProgram(names) === undefined)
  return missing && `no ${missing[0]} program found (test/daemon/install.sh ${kind}, as root on Debian)`
}

/** Whether a private LXD can be started here. */
export function hasLxd(): boolean {
  return whyNot('lxd') === undefined
}

/** Whether a private Incus can be started here. */
export function hasIncus(): boolean {
  return whyNot('incus') === undefined
}

/** The version of the installed program, without starting a daemon. */
export function installedVersion(kind: Kind): string {
  const program = findProgram(serverKinds[kind].daemons)
  if (program === undefined) throw new Error(whyNot(kind))
  return execFileSync(program, ['--version'], { encoding: 'utf8' }).trim()
}
