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

/** The facts about configuration, by the labels of servers. */
export interface ConfigFacts {
  /** What the newest servers name. */
  readonly newest: Readonly<Record<string, ServerNames>>
  /** The keys that older servers take, by interface; a test tries them. */
  readonly older: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

/** Reads the facts in the repository. */
export function readConfigFacts(): ConfigFacts {
  // Safe cast: the files are in the project's own formats, described above.
  const { lxd, incus } = read('config.json') as Readonly<Record<'lxd' | 'incus', ServerNames>>
  const older = read('older-config.json') as ConfigFacts['older'] // Safe cast: as above.
  return { newest: { 'LXD 6': lxd, 'Incus 7': incus }, older }
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../facts/${file}`, import.meta.url), 'utf8'))
}

/** The labels of the servers whose keys are known for an interface, LXD first, older ones first. */
export function labelsOf(name: string, { newest, older }: ConfigFacts): string[] {
  const labels = [...Object.keys(older).filter(label => older[label]?.[name]), ...Object.keys(newest)]
  return labels.sort((one, other) => other[0]?.localeCompare(one[0] ?? '') || one.localeCompare(other))
}
