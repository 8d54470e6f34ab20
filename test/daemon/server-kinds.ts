import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'

/** The two servers that speak this API. */
export type Kind = 'lxd' | 'incus'

/** The differences between the servers that matter to tests. */
export interface ServerKind {
  readonly title: string
  /** Possible names or paths of the daemon's program. */
  readonly daemons: readonly string[]
  /** The command line client. */
  readonly client: string
  /** The command that sets a server up, or lets it join a cluster. */
  readonly init: readonly [string, ...string[]]
  readonly dirVariable: string
  readonly confVariable: string
}

/** The servers by kind. */
export const serverKinds: Readonly<Record<Kind, ServerKind>> = {
  lxd: {
    title: 'LXD',
    daemons: given('LXDAPI_TEST_LXD') ?? ['lxd'],
    client: 'lxc',
    init: ['lxd', 'init'],
    dirVariable: 'LXD_DIR',
    confVariable: 'LXD_CONF',
  },
  incus: {
    title: 'Incus',
    daemons: given('LXDAPI_TEST_INCUS') ?? ['incusd', '/usr/libexec/incus/incusd', '/opt/incus/bin/incusd'],
    client: 'incus',
    init: ['incus', 'admin', 'init'],
    dirVariable: 'INCUS_DIR',
    confVariable: 'INCUS_CONF',
  },
}

// The path of a program to test in place of the installed one. A wrong one is an error, so that no other is tested instead.
function given(variable: string): readonly string[] | undefined {
  const path = process.env[variable]
  if (path === undefined || path === '') return undefined
  if (!existsSync(path)) throw new Error(`${variable}: there is no ${path}`)
  return [resolve(path)]
}

/** Lists the possible paths of a server's command line client: the one beside the daemon first, so that versions agree. */
export function clientsOf({ daemons, client }: ServerKind): readonly string[] {
  const daemon = findProgram(daemons)
  return daemon === undefined ? [client] : [join(dirname(daemon), client), client]
}

/** Returns the path of a program; `undefined` if it is not installed. */
export function findProgram(names: readonly string[]): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  // The program of a snap is confined to the snap's own daemon.
  const usable = folders.filter(folder => folder !== '' && !folder.startsWith('/snap/'))
  const paths = names.flatMap(name =>
    name.includes('/') ? [name] : usable.map(folder => join(folder, name)),
  )
  return paths.find(path => existsSync(path))
}

/**
 * Returns the version of an installed server, without starting a daemon.
 *
 * @throws {Error} it is not installed
 */
export function installedVersion(kind: Kind): string {
  const program = findProgram(serverKinds[kind].daemons)
  if (program === undefined) throw new Error(`no ${serverKinds[kind].title} is installed`)
  return execFileSync(program, ['--version'], { encoding: 'utf8' }).trim()
}
