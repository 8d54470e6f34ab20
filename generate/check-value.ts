import type { Definition, Model } from './model.ts'
import type { Schema } from './schema.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** Compares a received JSON value with its type; returns one sentence for each difference. */
export function checkValue(value: unknown, schema: Schema, model: Model, at = 'metadata'): string[] {
  if (schema.kind === 'array') {
    return Array.isArray(value)
      ? value.flatMap((one, i) => checkValue(one, schema.of, model, `${at}[${i}]`))
      : [mismatch(at, 'array', value)]
  }
  if (schema.kind === 'map') {
    return isObject(value)
      ? Object.entries(value).flatMap(([key, one]) => checkValue(one, schema.of, model, `${at}.${key}`))
      : [mismatch(at, 'object', value)]
  }
  if (schema.kind === 'ref') return checkNamed(value, schema.name, model, at)
  if (schema.kind === 'text') return typeof value === 'string' ? [] : [mismatch(at, 'string', value)]
  return schema.type === 'unknown' || schema.type === typeof value ? [] : [mismatch(at, schema.type, value)]
}

function checkNamed(value: unknown, name: string, model: Model, at: string): string[] {
  const enumeration = model.enumerations.get(name)
  if (enumeration) return enumeration.values.some(known => known === value) ? [] : [mismatch(at, name, value)]
  const definition = model.definitions.get(name)
  if (definition === undefined) return [`${at}: no definition is called ${name}`]
  return isObject(value) ? checkObject(value, definition, model, at) : [mismatch(at, name, value)]
}

function checkObject(value: JsonObject, definition: Definition, model: Model, at: string): string[] {
  const { name, fields } = definition
  const unknown = Object.keys(value)
    .filter(key => !fields.has(key))
    .map(key => `${at}.${key}: ${name} has no such field`)
  const known = [...fields].flatMap(([key, { schema, isOptional, isNullable }]) => {
    if (!(key in value)) return isOptional ? [] : [`${at}.${key}: ${name} promises it, and it is missing`]
    if (value[key] === null && isNullable) return []
    return checkValue(value[key], schema, model, `${at}.${key}`)
  })
  return [...unknown, ...known]
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function mismatch(at: string, expected: string, value: unknown): string {
  return `${at}: ${expected} expected, not ${JSON.stringify(value)?.slice(0, 60)}`
}
