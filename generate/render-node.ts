import type { Model, PathNode } from './model.ts'
import { parentOf, segmentsOf, toPropertyName } from './names.ts'
import { renderCall, verbOf } from './render-call.ts'
import { renderDoc } from './tsdoc.ts'
import type { Uses } from './uses.ts'

/** Renders the interface of a URL: its methods and children. */
export function renderNode(node: PathNode, uses: Uses, model: Model): string {
  const children = [...model.nodes.values()].filter(({ template }) => parentOf(template) === node.template)
  const item = children.find(isItem)
  const name = item ? `${node.name}Calls` : node.name
  const bases = item ? `RestNode, ${renderVerbs(node)}` : 'RestNode'
  const members = [
    ...node.calls.map(call => renderCall(call, uses, model)),
    ...children.filter(child => !isItem(child)).map(renderChild),
  ]
  const doc = renderDoc([`\`${node.url}\``])
  const calls = `${doc}export interface ${name} extends ${bases} {\n${members.join('')}}\n\n`
  return item ? calls + renderNames(node, item, doc) : calls
}

function isItem({ template }: PathNode): boolean {
  return template.endsWith('/{}')
}

function renderVerbs({ calls }: PathNode): string {
  return `Only<${calls.map(call => `'${verbOf(call)}'`).join(' | ') || 'never'}>`
}

function renderChild({ name, template }: PathNode): string {
  return `  readonly ${toPropertyName(segmentsOf(template).at(-1) ?? '')}: ${name}\n`
}

function renderNames(node: PathNode, item: PathNode, doc: string): string {
  // The last name, as of `{guid}/{id}`; `var` is a keyword of TypeScript.
  const parameter = item.url.match(/\{(?!var\})([^}]*)\}$/)?.[1] ?? 'name'
  const names = `readonly [${parameter}: string]: ${item.name}`
  const line = `export type ${node.name} = ${node.name}Calls & { ${names} }\n`
  const wrapped = `export type ${node.name} = ${node.name}Calls & {\n  ${names}\n}\n`
  return `${doc}${line.length > 111 ? wrapped : line}\n`
}
