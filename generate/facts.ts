import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseGoType, type Schema, UNKNOWN } from './schema.ts'

/** A schema in the facts: one of these keys. */
export interface FactSchema {
  readonly type?: string
  readonly array?: FactSchema
  readonly map?: FactSchema | null
  readonly ref?: string
  /** A type in Go's notation, if the server's description has none. */
  readonly go?: string
}

/** A field of a definition. */
export interface FactField extends FactSchema {
  readonly omitempty?: boolean
  readonly pointer?: boolean
  readonly deprecated?: boolean
  readonly extension?: string
}

/** A named JSON object, or an alias of a schema. */
export interface FactDefinition {
  readonly fields?: Readonly<Record<string, FactField>>
  readonly as?: FactSchema
  readonly extension?: string
}

/** A documented call; `variant` is the query that distinguishes it from others of the same method. */
export interface FactCall {
  readonly id: string
  readonly variant?: string
  readonly params?: readonly { readonly name: string; readonly in: string; readonly type: string }[]
  readonly body?: FactSchema
  readonly consumes?: readonly string[]
  readonly produces?: readonly string[]
  readonly responses: Readonly<Record<string, FactAnswer>>
}

/** The answer with one status code. */
export interface FactAnswer {
  readonly metadata?: FactSchema
  readonly response?: string
  readonly schema?: FactSchema | null
}

/** The facts of one server's REST API. */
export interface Facts {
  readonly server: string
  readonly version: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, readonly FactCall[]>>>>
  readonly definitions: Readonly<Record<string, FactDefinition>>
}

/**
 * Lists the files of facts in the repository, or in another folder.
 *
 * @throws {Error} there are none
 */
export function listFacts(folder: string = join(import.meta.dirname, 'facts/rest')): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : []
  const files = names.filter(name => name.endsWith('.json')).map(name => join(folder, name))
  if (files.length === 0) throw new Error(`There are no facts about the REST APIs in ${folder}`)
  return files
}

/** Reads the facts of servers, sorted by server and version. */
export function readFacts(files: readonly string[]): Facts[] {
  // Safe cast: the files are in the project's own format, described above.
  const facts = files.map(file => JSON.parse(readFileSync(file, 'utf8')) as Facts)
  return facts.sort(byKindAndAge)
}

function byKindAndAge(one: Facts, other: Facts): number {
  const byKind = other.server.localeCompare(one.server, 'en')
  return byKind || one.version.localeCompare(other.version, 'en', { numeric: true })
}

/** Returns a server's label, such as `LXD 5.0`. */
export function labelOf({ server, version }: Facts): string {
  const title = server === 'lxd' ? 'LXD' : 'Incus'
  return `${title} ${version.split('.').slice(0, 2).join('.')}`
}

/** Parses a schema of the facts; aliases are resolved. */
export function toSchema(fact: FactSchema | null | undefined, definitions: Facts['definitions']): Schema {
  if (!fact) return UNKNOWN
  if (fact.go !== undefined) return parseGoType(fact.go)
  if (fact.array) return { kind: 'array', of: toSchema(fact.array, definitions) }
  if ('map' in fact) return { kind: 'map', of: toSchema(fact.map, definitions) }
  if (fact.ref === undefined) return parseGoType(toGoType(fact.type))
  const alias = definitions[fact.ref]?.as
  // An alias of a map without a type is resolved by its name, in field-overrides.ts.
  return alias && alias.map !== null ? toSchema(alias, definitions) : { kind: 'ref', name: fact.ref }
}

function toGoType(type: string | undefined): string {
  if (type === 'integer' || type === 'number') return 'int'
  if (type === 'boolean' || type === 'bool') return 'bool'
  return type === 'string' ? 'string' : 'any'
}
