/** The type of a JSON value, as far as TypeScript can express it. */
export type Schema =
  | { readonly kind: 'scalar'; readonly type: 'string' | 'number' | 'boolean' | 'unknown' }
  /** Any text, of which config.ts lists what is known. */
  | { readonly kind: 'text'; readonly name: string }
  | { readonly kind: 'array'; readonly of: Schema }
  | { readonly kind: 'map'; readonly of: Schema }
  | { readonly kind: 'ref'; readonly name: string }

/** Any JSON value. */
export const UNKNOWN: Schema = { kind: 'scalar', type: 'unknown' }

const GO_TYPES: Readonly<Record<string, 'string' | 'number' | 'boolean' | 'unknown'>> = {
  string: 'string',
  'time.Time': 'string',
  bool: 'boolean',
  any: 'unknown',
  'json.RawMessage': 'unknown',
}

const TEXTS: ReadonlySet<string> = new Set(['ApiExtension', 'LifecycleAction'])

/** Parses a type in Go's notation, such as `map[string][]*Operation`. */
export function parseGoType(text: string): Schema {
  if (text.startsWith('*')) return parseGoType(text.slice(1))
  if (text.startsWith('[]')) return { kind: 'array', of: parseGoType(text.slice(2)) }
  if (text.startsWith('map[string]')) return { kind: 'map', of: parseGoType(text.slice(11)) }
  if (/^(u?int|float)\d*$/.test(text)) return { kind: 'scalar', type: 'number' }
  if (TEXTS.has(text)) return { kind: 'text', name: text }
  const type = GO_TYPES[text]
  return type === undefined ? { kind: 'ref', name: text } : { kind: 'scalar', type }
}

/** Whether two schemas are equal. */
export function isSameSchema(one: Schema, other: Schema): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** Returns the names of the definitions that a schema refers to. */
export function refsOf(schema: Schema): readonly string[] {
  if (schema.kind === 'ref') return [schema.name]
  return 'of' in schema ? refsOf(schema.of) : []
}

/** Replaces the references in a schema. */
export function replaceRefs(schema: Schema, replace: (name: string) => Schema): Schema {
  if (schema.kind === 'ref') return replace(schema.name)
  return 'of' in schema ? { ...schema, of: replaceRefs(schema.of, replace) } : schema
}
