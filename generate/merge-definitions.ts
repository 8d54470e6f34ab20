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

/** A definition or a field as one server documents it. */
interface Documented<Fact> {
  readonly fact: Fact
  readonly facts: Facts
}

/**
 * Merges the definitions of all servers, and adds those that are only documented in prose.
 *
 * @throws {Error} a field differs between servers, and no override corrects that
 */
export function mergeDefinitions(allFacts: readonly Facts[]): Map<string, Definition> {
  const documented = groupByName(allFacts.flatMap(facts => entriesOf(facts.definitions, facts)))
  const merged = [...documented].map(([name, sources]) => [name, mergeDefinition(name, sources)] as const)
  const added = Object.entries(additions).map(
    ([name, fields]) => [name, addDefinition(name, fields)] as const,
  )
  return new Map([...merged, ...added].sort(byName))
}

/** Parses a schema of the facts, with definitions renamed. */
export function schemaOf(fact: Parameters<typeof toSchema>[0], facts: Facts): Schema {
  return replaceRefs(toSchema(fact, facts.definitions), name => parseGoType(aliases[name] ?? nameOf(name)))
}

function nameOf(name: string): string {
  return definitionNames[name]?.name ?? name
}

function entriesOf(definitions: Facts['definitions'], facts: Facts) {
  // Aliases are resolved where they are used.
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

function mergeDefinition(name: string, documented: readonly Documented<FactDefinition>[]): Definition {
  const fields = groupByName(
    documented.flatMap(({ fact, facts }) =>
      Object.entries(fact.fields ?? {}).map(([field, fact]) => [field, { fact, facts }] as const),
    ),
  )
  const merged = [...fields].map(
    ([field, sources]) => [field, mergeField(`${name}.${field}`, sources, documented.length)] as const,
  )
  return {
    name,
    servers: serversOf(documented),
    extensions: extensionsOf(documented),
    fields: new Map([...merged, ...addFields(addedFields[name] ?? {})].sort(byName)),
  }
}

function mergeField(path: string, documented: readonly Documented<FactField>[], sources: number): Field {
  const facts = documented.map(({ fact }) => fact)
  const isMissing = documented.length < sources || facts.some(({ omitempty }) => omitempty)
  return {
    schema: mergeSchemas(path, documented),
    isOptional: isMissing || optionalFields.has(path),
    isNullable: facts.some(({ pointer, omitempty }) => pointer && !omitempty) || nullableFields.has(path),
    isRequired: requiredFields.has(path),
    isDeprecated: facts.some(({ deprecated }) => deprecated),
    servers: serversOf(documented),
    extensions: extensionsOf(documented),
  }
}

function mergeSchemas(path: string, documented: readonly Documented<FactField>[]): Schema {
  const override = fieldTypes.get(path)
  if (override !== undefined) return parseGoType(override)
  const [first, ...others] = documented.map(({ fact, facts }) => schemaOf(fact, facts))
  const other = others.find(schema => !isSameSchema(schema, first as Schema))
  if (other !== undefined) throw new Error(`${path} differs between servers: add it to field-overrides.ts`)
  // Safe cast: a field is only merged if some server documents it.
  return first as Schema
}

function serversOf(documented: readonly Documented<unknown>[]): string[] {
  return [...new Set(documented.map(({ facts }) => labelOf(facts)))]
}

function extensionsOf(documented: readonly Documented<{ readonly extension?: string }>[]): string[] {
  return [
    ...new Set(
      documented.flatMap(({ fact: { extension } }) =>
        extension ? (extensionNames[extension] ?? extension) : [],
      ),
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
