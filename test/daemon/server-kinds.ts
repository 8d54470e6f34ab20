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

/** The version of the installed program, without starting a daemon. */
export function installedVersion(kind: Kind): string {
  const program = findProgram(serverKinds[kind].daemons)
  if (program === undefined) throw new Error(`no ${serverKinds[kind].title} is installed`)
  return execFileSync(program, ['--version'], { encoding: 'utf8' }).trim()
}
