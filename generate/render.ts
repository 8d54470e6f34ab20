import type { Model } from './model.ts'
import { byName } from './names.ts'
import { prelude } from './prelude.ts'
import { queryNameOf, renderQuery } from './render-call.ts'
import { renderDefinition, renderEnumeration } from './render-definition.ts'
import { renderNode } from './render-node.ts'
import { usesOf } from './uses.ts'

/** The source of rest.ts. */
export function render(model: Model): string {
  const uses = usesOf(model)
  return [
    header(model),
    prelude,
    title('The values of fields'),
    ...[...model.enumerations].map(([name, enumeration]) => `${renderEnumeration(name, enumeration)}\n`),
    title('What is sent and received'),
    ...[...model.definitions.values()].map(definition => renderDefinition(definition, uses, model)),
    title('The query parameters of calls'),
    ...[...listQueries(model)].sort(byName).map(([, query]) => renderQuery(query, uses)),
    title('The paths'),
    ...[...model.nodes.values()].map(node => renderNode(node, uses, model)),
  ]
    .join('')
    .trimEnd()
    .concat('\n')
}

function header({ servers }: Model): string {
  return `\
// Made by \`npm run generate\` from what ${servers.join(', ')} say of their APIs: change generate/ instead.
//
// Types only: nothing of this is there at run time. Fields of answers are present unless they are optional; those that
// are optional are missing when empty, or on some servers, as their comments say.
//
// https://documentation.ubuntu.com/lxd/latest/api/
// https://linuxcontainers.org/incus/docs/main/rest-api-spec/

`
}

function title(text: string): string {
  return `\n// ${text}\n\n`
}

function listQueries(model: Model) {
  const calls = [...model.nodes.values()].flatMap(node => node.calls)
  const queries = calls.map(({ query }) => query).filter(query => query.size > 0)
  return new Map(queries.map(query => [queryNameOf(query), query] as const))
}
