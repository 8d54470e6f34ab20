import { readFileSync } from 'node:fs'

/** What a server tells of one configuration key or device option; all but its type may be missing. */
export interface KeyFact {
  readonly type?: string
  readonly default?: string
  /** Whether a change takes effect without a restart. */
  readonly live?: boolean
  readonly condition?: string
  readonly required?: boolean
  readonly group?: string
}

/** The keys of a server by entity: `instance`, `network-bridge`, `device-nic-ovn`. */
export type KeysByEntity = Readonly<Record<string, Readonly<Record<string, KeyFact>>>>

/** What one server names: its keys, lifecycle actions and API extensions. */
export interface ServerNames {
  readonly keys: KeysByEntity
  readonly actions: readonly string[]
  readonly extensions: readonly string[]
}

/** The facts about the configuration of the newest LXD and Incus, by their names. */
export type ConfigFacts = Readonly<Record<string, ServerNames>>

/** Reads the facts in the repository. */
export function readConfigFacts(): ConfigFacts {
  const text = readFileSync(new URL('../facts/config.json', import.meta.url), 'utf8')
  // Safe cast: the file is in the project's own format, described above.
  const { lxd, incus } = JSON.parse(text) as { readonly lxd: ServerNames; readonly incus: ServerNames }
  return { LXD: lxd, Incus: incus }
}
