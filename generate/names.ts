/** Converts `/1.0/network-acls/{name}/log` to `/1.0/network-acls/{}/log`, which is the same on every server. */
export function toTemplate(url: string): string {
  return url.replace(/\{[^}]*\}/g, '{}')
}

/** Returns the segments of a template; none for the root. */
export function segmentsOf(template: string): string[] {
  return template.split('/').filter(segment => segment !== '')
}

/** Returns the parent of a template; `undefined` for the root. */
export function parentOf(template: string): string | undefined {
  return template === '/' ? undefined : template.slice(0, template.lastIndexOf('/')) || '/'
}

/** Converts `network-acls` to `NetworkAcls`. */
export function toPascalCase(text: string): string {
  return text.replace(/(?:^|[^a-zA-Z0-9]+)([a-zA-Z0-9])/g, (_, first: string) => first.toUpperCase())
}

/** Returns the name of a URL's interface, such as `InstancesItemState`; it ends in `Node` if a definition has the name. */
export function nodeNameOf(template: string, definitions: { has(name: string): boolean }): string {
  const [version, ...segments] = segmentsOf(template)
  if (version === undefined) return 'Root'
  if (segments.length === 0) return 'Rest'
  const name = segments.map(segment => (segment === '{}' ? 'Item' : toPascalCase(segment))).join('')
  return definitions.has(name) ? `${name}Node` : name
}

/** Formats a property's name as TypeScript. */
export function toPropertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`
}

/** Compares entries by name, independent of the locale. */
export function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : Number(one > other)
}
