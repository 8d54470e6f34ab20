import type { Definition, Enumeration, Field, Model } from './model.ts'
import { toPropertyName } from './names.ts'
import { definitionProse, fieldProse } from './prose.ts'
import type { Schema } from './schema.ts'
import { renderAvailability, renderDoc } from './tsdoc.ts'
import type { Uses } from './uses.ts'

/** Objects with type parameters, since their metadata varies. */
const generics: Readonly<Record<string, { parameters: string; fields: Readonly<Record<string, string>> }>> = {
  Event: {
    parameters: '<Type = EventType, Metadata = unknown>',
    fields: { type: 'Type', metadata: 'Metadata' },
  },
  Operation: { parameters: '<Metadata = OperationMetadata>', fields: { metadata: 'Metadata' } },
}

/** Renders the type of a field or an answer; definitions that are sent and received have another name in requests. */
export function renderSchema(schema: Schema, uses: Uses, isInput: boolean): string {
  if (schema.kind === 'scalar') return schema.type
  if (schema.kind === 'text') return schema.name
  if (schema.kind === 'ref') return isInput ? inputNameOf(schema.name, uses) : schema.name
  const inner = renderSchema(schema.of, uses, isInput)
  if (schema.kind === 'map') return `Record<string, ${inner}>`
  // Requests accept values declared `as const`.
  return isInput ? `readonly ${inner}[]` : `${inner}[]`
}

function inputNameOf(name: string, { inputs, outputs }: Uses): string {
  return inputs.has(name) && outputs.has(name) ? `${name}Input` : name
}

/** Renders an enumeration as a union. */
export function renderEnumeration(name: string, { summary, values }: Enumeration): string {
  const literals = values.map(value => (typeof value === 'string' ? `'${value}'` : value))
  const line = `export type ${name} = ${literals.join(' | ')}\n`
  return (
    renderDoc([summary]) +
    (line.length < 110 ? line : `export type ${name} =\n  | ${literals.join('\n  | ')}\n`)
  )
}

/** Renders an object as it is received, as it is sent, or both if they differ. */
export function renderDefinition(definition: Definition, uses: Uses, model: Model): string {
  const { name } = definition
  const isSent = uses.inputs.has(name)
  const isReceived = uses.outputs.has(name)
  const received = isReceived || !isSent ? renderInterface(definition, name, false, uses, model) : ''
  const inputName = inputNameOf(name, uses)
  const isSame = isReceived && inputName === name
  return received + (isSent && !isSame ? renderInterface(definition, inputName, true, uses, model) : '')
}

function renderInterface(
  definition: Definition,
  name: string,
  isInput: boolean,
  uses: Uses,
  model: Model,
): string {
  const { servers, extensions, fields } = definition
  const doc = renderDoc([
    definitionProse[definition.name] ?? '',
    renderAvailability(servers, extensions, model.servers),
  ])
  const parameters = generics[name]?.parameters ?? ''
  const lines = [...fields].map(([field, facts]) =>
    renderField(definition, field, facts, isInput, uses, model),
  )
  return `${doc}export interface ${name}${parameters} {\n${lines.join('')}}\n\n`
}

function renderField(
  { name, servers }: Definition,
  field: string,
  facts: Field,
  isInput: boolean,
  uses: Uses,
  model: Model,
): string {
  const isEverywhere = servers.every(server => facts.servers.includes(server))
  const doc = renderDoc(
    [
      fieldProse[`${name}.${field}`] ?? fieldProse[field] ?? '',
      isEverywhere ? '' : renderAvailability(facts.servers, facts.extensions, model.servers),
      facts.isDeprecated ? '@deprecated' : '',
    ],
    '  ',
  )
  const isOptional = isInput ? !facts.isRequired : facts.isOptional
  const parameter = generics[name]?.fields[field]
  const type = renderSchema(facts.schema, uses, isInput) + (facts.isNullable ? ' | null' : '')
  return `${doc}  ${toPropertyName(field)}${isOptional ? '?' : ''}: ${parameter ?? type}\n`
}
