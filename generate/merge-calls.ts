import { callOverrides } from './call-overrides.ts'
import { type FactCall, type Facts, labelOf } from './facts.ts'
import { mergeAnswer } from './merge-answer.ts'
import { schemaOf } from './merge-definitions.ts'
import type { Call, Definition, Parameter, PathNode } from './model.ts'
import { byName, nodeNameOf, parentOf, toTemplate } from './names.ts'
import { isSameSchema, parseGoType, refsOf, type Schema } from './schema.ts'

/** One server's say about a call. */
export interface SaidCall {
  readonly facts: Facts
  readonly url: string
  readonly method: string
  readonly call: FactCall
}

type Definitions = ReadonlyMap<string, Definition>

/** The tree of all servers' URLs, those without a call of their own too. */
export function mergeNodes(allFacts: readonly Facts[], definitions: Definitions): Map<string, PathNode> {
  const said = allFacts.flatMap(listCalls)
  const templates = said.flatMap(({ url }) => ancestorsOf(toTemplate(url)))
  const entries = [...new Set(templates)].map(template => {
    const own = said.filter(({ url }) => toTemplate(url) === template)
    return [template, mergeNode(template, own, definitions)] as const
  })
  return new Map(entries.sort(byName))
}

function listCalls(facts: Facts): SaidCall[] {
  return Object.entries(facts.paths).flatMap(([url, methods]) =>
    Object.entries(methods).flatMap(([method, calls]) =>
      calls.map(call => ({ facts, url, method: method.toUpperCase(), call })),
    ),
  )
}

function ancestorsOf(template: string): string[] {
  const parent = parentOf(template)
  return parent === undefined ? [template] : [...ancestorsOf(parent), template]
}

function mergeNode(template: string, said: readonly SaidCall[], definitions: Definitions): PathNode {
  const methods = [...new Set(said.map(({ method }) => method))].sort()
  return {
    name: nodeNameOf(template, definitions),
    template,
    url: said.at(-1)?.url ?? template,
    calls: methods.map(method =>
      mergeCall(
        said.filter(one => one.method === method),
        definitions,
      ),
    ),
  }
}

function mergeCall(said: readonly SaidCall[], definitions: Definitions): Call {
  // There is at least the one that made the method known; the last is of the newest server.
  const { url, method } = said.at(-1) as SaidCall
  const key = `${method} ${toTemplate(url)}`
  const override = callOverrides[key]
  const body = override?.body === undefined ? mergeBody(key, said) : parseGoType(override.body)
  const answer = mergeAnswer(key, said)
  const servers = [...new Set(said.map(({ facts }) => labelOf(facts)))]
  const params = said.flatMap(({ call }) => call.params ?? [])
  return {
    method,
    url,
    servers,
    extensions: override?.extension
      ? [override.extension]
      : extensionsOf([body, ...answer.levels], servers, definitions),
    query: mergeQuery(key, said),
    headers: [...new Set(params.filter(param => param.in === 'header').map(param => param.name))].sort(),
    body: isText(body) ? undefined : body,
    takesContent: override?.takesContent ?? (isText(body) || takesOnlyBytes(body, said)),
    answer,
  }
}

function mergeBody(key: string, said: readonly SaidCall[]): Schema | undefined {
  const bodies = said.flatMap(({ call, facts }) => (call.body ? schemaOf(call.body, facts) : []))
  const [first, ...others] = bodies
  const other = others.find(body => !isSameSchema(body, first as Schema))
  if (other !== undefined)
    throw new Error(`${key}: the body differs between servers: add it to call-overrides.ts`)
  return first
}

// Incus writes a file's content as a text.
function isText(body: Schema | undefined): boolean {
  return body?.kind === 'scalar'
}

function takesOnlyBytes(body: Schema | undefined, said: readonly SaidCall[]): boolean {
  return body === undefined && said.some(({ call }) => call.consumes?.includes('application/octet-stream'))
}

function mergeQuery(key: string, said: readonly SaidCall[]): Map<string, Parameter> {
  const { query = {}, required = [] } = callOverrides[key] ?? {}
  const params = said.flatMap(({ call, facts }) =>
    (call.params ?? []).filter(isOwnQuery).map(param => ({ ...param, server: labelOf(facts) })),
  )
  const names = [...new Set([...params.map(({ name }) => name), ...Object.keys(query)])].sort()
  return new Map(
    names.map(name => {
      const own = params.filter(param => param.name === name)
      const type =
        query[name] ??
        (own[0]?.type.startsWith('bool') ? 'bool' : own[0]?.type === 'integer' ? 'int' : 'string')
      const servers = [...new Set(own.map(({ server }) => server))]
      return [name, { schema: parseGoType(type), isRequired: required.includes(name), servers }]
    }),
  )
}

// Some declare the recursion that their variant stands for once more.
function isOwnQuery({ in: place, name }: { readonly in: string; readonly name: string }): boolean {
  return place === 'query' && name !== 'recursion'
}

/** A call that not every server has came with the definitions it takes and gives. */
function extensionsOf(
  schemas: readonly (Schema | undefined)[],
  servers: readonly string[],
  definitions: Definitions,
): string[] {
  const names = schemas.flatMap(schema => (schema ? refsOf(schema) : []))
  const own = names
    .flatMap(name => definitions.get(name) ?? [])
    .filter(({ servers: all }) => all.length === servers.length)
  return [...new Set(own.flatMap(({ extensions }) => extensions))].slice(0, 1)
}
