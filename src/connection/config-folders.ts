import { homedir } from 'node:os'
import { join } from 'node:path'

/** A command line client, and the folders of its remotes and its client certificate. */
export interface Program {
  readonly name: 'lxc' | 'incus'
  /** The user's folders; the first that exists is used. */
  readonly folders: readonly string[]
  /** The system-wide folder. */
  readonly globalFolder: string
}

/** Lists where `lxc` and `incus` keep their configuration: in `LXD_CONF` and `INCUS_CONF`, else below the home folder. */
export function listPrograms(environment: NodeJS.ProcessEnv): readonly Program[] {
  const { LXD_CONF, LXD_GLOBAL_CONF, INCUS_CONF, INCUS_GLOBAL_CONF } = environment
  const home = environment['HOME'] || homedir()
  const lxc = [join(home, '.config/lxc'), join(home, 'snap/lxd/common/config')]
  return [
    { name: 'lxc', folders: LXD_CONF ? [LXD_CONF] : lxc, globalFolder: LXD_GLOBAL_CONF || '/etc/lxd' },
    {
      name: 'incus',
      folders: [INCUS_CONF || join(home, '.config/incus')],
      globalFolder: INCUS_GLOBAL_CONF || '/etc/incus',
    },
  ]
}
