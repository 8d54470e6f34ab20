import { renderAvailability } from '../tsdoc.ts'
import type { ConfigKey } from './merge-keys.ts'

/**
 * Describes a key in one line: `Integer, by default \`10\`; containers only; needs a restart. Not in LXD 5.0.`
 * `variants` is what the interface calls them; `all` are the servers that its keys are known of.
 */
export function describeKey(key: ConfigKey, variants: string | undefined, all: readonly string[]): string {
  const facts = [
    describeType(key),
    key.isRequired ? 'required' : '',
    key.conditions.map(describeCondition).join(' or '),
    describeLive(key.live),
    variants ? describeVariants(key, variants) : '',
  ].filter(fact => fact !== '')
  return `${facts.join('; ')}. ${describeServers(key.servers, all)}`
}

function describeType({ types, defaults }: ConfigKey): string {
  const type = types.join(' or ')
  const title = type.charAt(0).toUpperCase() + type.slice(1)
  return defaults.length > 0 ? `${title}, by default ${listCode(defaults)}` : title
}

function listCode(values: readonly string[]): string {
  return values.map(value => `\`${value}\``).join(' or ')
}

function describeCondition(condition: string): string {
  if (condition === 'container') return 'containers only'
  if (condition === 'virtual-machine') return 'virtual machines only'
  return `condition: ${condition.replaceAll('-', ' ')}`
}

function describeLive(live: boolean | undefined): string {
  if (live === undefined) return ''
  return live ? 'takes effect at once' : 'needs a restart'
}

function describeVariants({ name, variants }: ConfigKey, title: string): string {
  const isInName = variants.length === 1 && name.startsWith(`${variants[0]}.`)
  return variants.length === 0 || isInName ? '' : `${listNames(variants)} ${title}`
}

function listNames(names: readonly string[]): string {
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names.join('')
}

function describeServers(servers: readonly string[], all: readonly string[]): string {
  return renderAvailability(servers, [], all) || 'LXD and Incus.'
}
