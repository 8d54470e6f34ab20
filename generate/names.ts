/** `/1.0/network-acls/{name}/log` → the template `/1.0/network-acls/{}/log`, the same on every server. */
export function toTemplate(url: string): string {
  return url.replace(/\{[^}]*\}/g, '{}')
}

/** The segments of a template; none for the root. */
export function segmentsOf(template: string): string[] {
  return template.split('/').filter(segment => segment !== '')
}

/** The template above, or `undefined` for the root. */
export function parentOf(template: string): string | undefined {
  return template === '/' ? undefined : template.slice(0, template.lastIndexOf('/')) || '/'
}

/** `network-acls` → `NetworkAcls`. */
export function toPascalCase(text: string): string {
  return text.replace(/(?:^|[^a-zA-Z0-9]+)([a-zA-Z0-9])/g, (_, first: string) => first.toUpperCase())
}

/** The name of a URL's interface: `InstancesItemState`; one that a definition has already ends in `Node`. */
export function nodeNameOf(template: string, definitions: { has(name: string): boolean }): string {
  const [version, ...segments] = segmentsOf(template)
  if (version === undefined) return 'Root'
  if (segments.length === 0) return 'Rest'
  const name = segments.map(segment => (segment === '{}' ? 'Item' : toPascalCase(segment))).join('')
  return definitions.has(name) ? `${name}Node` : name
}

/** A property's name as TypeScript source. */
export function toPropertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`
}

/** Sorts by name, the same everywhere. */
export function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : Number(one > other)
}
