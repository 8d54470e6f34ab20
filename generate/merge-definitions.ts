import { additions } from './additions.ts'
import { type FactDefinition, type FactField, type Facts, labelOf, toSchema } from './facts.ts'
import {
  addedFields,
  aliases,
  definitionNames,
  extensionNames,
  fieldTypes,
  foreignDefinitions,
  nullableFields,
  optionalFields,
} from './field-overrides.ts'
import type { Definition, Field } from './model.ts'
import { byName } from './names.ts'
import { requiredFields } from './required-fields.ts'
import { isSameSchema, parseGoType, replaceRefs, type Schema } from './schema.ts'

/** One server's say about a definition or a field. */
interface Said<Fact> {
  readonly fact: Fact
  readonly facts: Facts
}

/** The definitions of all servers; those in prose only come from the additions. */
export function mergeDefinitions(allFacts: readonly Facts[]): Map<string, Definition> {
  const said = groupByName(allFacts.flatMap(facts => entriesOf(facts.definitions, facts)))
  const merged = [...said].map(([name, sources]) => [name, mergeDefinition(name, sources)] as const)
  const added = Object.entries(additions).map(
    ([name, fields]) => [name, addDefinition(name, fields)] as const,
  )
  return new Map([...merged, ...added].sort(byName))
}

/** The schema of a fact, by the names that are used here. */
export function schemaOf(fact: Parameters<typeof toSchema>[0], facts: Facts): Schema {
  return replaceRefs(toSchema(fact, facts.definitions), name => parseGoType(aliases[name] ?? nameOf(name)))
}

function nameOf(name: string): string {
  return definitionNames[name]?.name ?? name
}

function entriesOf(definitions: Facts['definitions'], facts: Facts) {
  // Other names of schemas are resolved where they are used.
  const objects = Object.entries(definitions).filter(
    ([name, { as }]) => !as && !foreignDefinitions.test(name),
  )
  return objects.map(([name, fact]) => [nameOf(name), { fact, facts }] as const)
}

function groupByName<T>(entries: readonly (readonly [string, T])[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const [name, entry] of entries) groups.set(name, [...(groups.get(name) ?? []), entry])
  return groups
}

function mergeDefinition(name: string, said: readonly Said<FactDefinition>[]): Definition {
  const fields = groupByName(
    said.flatMap(({ fact, facts }) =>
      Object.entries(fact.fields ?? {}).map(([field, fact]) => [field, { fact, facts }] as const),
    ),
  )
  const merged = [...fields].map(
    ([field, sources]) => [field, mergeField(`${name}.${field}`, sources, said.length)] as const,
  )
  return {
    name,
    servers: serversOf(said),
    extensions: extensionsOf(said),
    fields: new Map([...merged, ...addFields(addedFields[name] ?? {})].sort(byName)),
  }
}

function mergeField(path: string, said: readonly Said<FactField>[], sources: number): Field {
  const facts = said.map(({ fact }) => fact)
  const isMissing = said.length < sources || facts.some(({ omitempty }) => omitempty)
  return {
    schema: mergeSchemas(path, said),
    isOptional: isMissing || optionalFields.has(path),
    isNullable: facts.some(({ pointer, omitempty }) => pointer && !omitempty) || nullableFields.has(path),
    isRequired: requiredFields.has(path),
    isDeprecated: facts.some(({ deprecated }) => deprecated),
    servers: serversOf(said),
    extensions: extensionsOf(said),
  }
}

function mergeSchemas(path: string, said: readonly Said<FactField>[]): Schema {
  const override = fieldTypes.get(path)
  if (override !== undefined) return parseGoType(override)
  const [first, ...others] = said.map(({ fact, facts }) => schemaOf(fact, facts))
  const other = others.find(schema => !isSameSchema(schema, first as Schema))
  if (other !== undefined) throw new Error(`${path} differs between servers: add it to field-overrides.ts`)
  // A field is only asked about when some server has it.
  return first as Schema
}

function serversOf(said: readonly Said<unknown>[]): string[] {
  return [...new Set(said.map(({ facts }) => labelOf(facts)))]
}

function extensionsOf(said: readonly Said<{ readonly extension?: string }>[]): string[] {
  return [
    ...new Set(
      said.flatMap(({ fact: { extension } }) => (extension ? (extensionNames[extension] ?? extension) : [])),
    ),
  ]
}

function addDefinition(name: string, fields: Readonly<Record<string, string>>): Definition {
  return { name, servers: [], extensions: [], fields: new Map(addFields(fields).sort(byName)) }
}

function addFields(fields: Readonly<Record<string, string>>): [string, Field][] {
  return Object.entries(fields).map(([field, type]) => [
    field.replace('?', ''),
    addField(type, field.endsWith('?')),
  ])
}

function addField(type: string, isOptional: boolean): Field {
  return {
    schema: parseGoType(type),
    isOptional,
    isNullable: type.startsWith('*'),
    isRequired: !isOptional,
    isDeprecated: false,
    servers: [],
    extensions: [],
  }
}
