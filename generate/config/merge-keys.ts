import { addedKeys, keyTypes } from './additions.ts'
import type { ConfigFacts, KeyFact } from './facts.ts'
import type { Source } from './interfaces.ts'

/** A configuration key or device option, as all servers and variants tell of it. */
export interface ConfigKey {
  /** With `*` where any text may stand: `limits.memory`, `user.*`. */
  readonly name: string
  readonly types: readonly string[]
  readonly defaults: readonly string[]
  readonly conditions: readonly string[]
  readonly live: boolean | undefined
  readonly isRequired: boolean
  readonly servers: readonly string[]
  /** The variants that have it; none if all of them do. */
  readonly variants: readonly string[]
}

interface Told {
  readonly fact: KeyFact
  readonly server: string
  readonly variant: string | undefined
}

// Dashes and `empty` stand for what is missing.
const NOTHING: ReadonlySet<string | undefined> = new Set([undefined, '', '-', 'empty', 'n/a'])

/** Merges the keys of all entities that an interface takes its keys from, sorted by name; `name` is the interface's. */
export function mergeKeys(
  name: string,
  { sources, open = [] }: { readonly sources: readonly Source[]; readonly open?: readonly string[] },
  facts: ConfigFacts,
): ConfigKey[] {
  const told = sources.flatMap(source => tellAll(source, facts))
  const added = Object.entries(addedKeys[name] ?? {}).map(([key, { server, ...fact }]) => ({
    key,
    told: { fact, server, variant: undefined },
  }))
  const byKey = new Map<string, Told[]>(open.map(key => [key, []]))
  for (const { key, told: one } of [...told, ...added]) {
    const pattern = patternOf(key, open)
    byKey.set(pattern, [...(byKey.get(pattern) ?? []), one])
  }
  const variants = new Set(told.map(({ told: { variant } }) => variant))
  return [...byKey]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, all]) => mergeKey(name, key, all, variants.size, facts))
}

/** Whether a key stands for a namespace. */
export function isOpen({ name }: ConfigKey): boolean {
  return name.includes('*')
}

function tellAll({ entity, group = /^/ }: Source, facts: ConfigFacts): { key: string; told: Told }[] {
  return Object.entries(facts.newest).flatMap(([server, { keys }]) =>
    Object.entries(keys).flatMap(([name, all]) => {
      const match = entity.exec(name)
      if (match === null) return []
      const wanted = Object.entries(all).filter(([, fact]) => group.test(fact.group ?? ''))
      return wanted.map(([key, fact]) => ({ key, told: { fact, server, variant: match[1] ?? '' } }))
    }),
  )
}

/** Returns a key with `*` for what stands for any text: `volatile.<name>.hwaddr`, `tunnel.NAME.id`, `{name}`. */
function patternOf(key: string, open: readonly string[]): string {
  // What the server itself stores there is not worth a list.
  if (key.startsWith('volatile.') && open.includes('volatile.*')) return 'volatile.*'
  return key.replace(/<[^>]+>|\{[^}]+\}|\b[A-Z][A-Z_]+\b/g, '*')
}

function mergeKey(
  owner: string,
  name: string,
  told: readonly Told[],
  variants: number,
  { older }: ConfigFacts,
): ConfigKey {
  const facts = told.map(({ fact }) => fact)
  const type = keyTypes[`${owner}.${name}`]
  const olderServers = Object.keys(older).filter(label => older[label]?.[owner]?.includes(name))
  const own = [...new Set(told.flatMap(({ variant }) => variant ?? []))]
  const live = new Set(facts.map(fact => fact.live).filter(value => value !== undefined))
  return {
    name,
    types: type === undefined ? distinct(facts.map(fact => typeOf(fact.type))) : [type.type],
    defaults: distinct(facts.map(fact => fact.default)),
    conditions: distinct(facts.map(fact => fact.condition)),
    live: live.size === 1 ? [...live][0] : undefined,
    isRequired: facts.length > 0 && facts.every(({ required }) => required),
    servers: [...new Set([...told.map(({ server }) => server), ...olderServers])],
    variants: own.length < variants ? own.sort() : [],
  }
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values)].filter(value => value !== undefined && !NOTHING.has(value)) as string[] // Safe cast: filtered.
}

/** Returns the type of values in plain words: `boolean`, `integer` or `text`. */
export function typeOf(type: string | undefined): string {
  if (type === 'bool') return 'boolean'
  return type?.startsWith('int') ? 'integer' : 'text'
}
