import { callOverrides } from './call-overrides.ts'
import { type FactCall, type Facts, labelOf } from './facts.ts'
import { mergeAnswer } from './merge-answer.ts'
import { schemaOf } from './merge-definitions.ts'
import type { Call, Definition, Parameter, PathNode } from './model.ts'
import { byName, nodeNameOf, parentOf, toTemplate } from './names.ts'
import { isSameSchema, parseGoType, refsOf, type Schema } from './schema.ts'

/** A call as one server documents it. */
export interface DocumentedCall {
  readonly facts: Facts
  readonly url: string
  readonly method: string
  readonly call: FactCall
}

type Definitions = ReadonlyMap<string, Definition>

/** Merges the URLs of all servers into nodes by template, including parents without calls. */
export function mergeNodes(allFacts: readonly Facts[], definitions: Definitions): Map<string, PathNode> {
  const documented = allFacts.flatMap(listCalls)
  const templates = documented.flatMap(({ url }) => ancestorsOf(toTemplate(url)))
  const entries = [...new Set(templates)].map(template => {
    const own = documented.filter(({ url }) => toTemplate(url) === template)
    return [template, mergeNode(template, own, definitions)] as const
  })
  return new Map(entries.sort(byName))
}

function listCalls(facts: Facts): DocumentedCall[] {
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

function mergeNode(
  template: string,
  documented: readonly DocumentedCall[],
  definitions: Definitions,
): PathNode {
  const methods = [...new Set(documented.map(({ method }) => method))].sort()
  return {
    name: nodeNameOf(template, definitions),
    template,
    url: documented.at(-1)?.url ?? template,
    calls: methods.map(method =>
      mergeCall(
        documented.filter(one => one.method === method),
        definitions,
      ),
    ),
  }
}

function mergeCall(documented: readonly DocumentedCall[], definitions: Definitions): Call {
  // Safe cast: each method comes from a documented call; the last is that of the newest server.
  const { url, method } = documented.at(-1) as DocumentedCall
  const key = `${method} ${toTemplate(url)}`
  const override = callOverrides[key]
  const body = override?.body === undefined ? mergeBody(key, documented) : parseGoType(override.body)
  const answer = mergeAnswer(key, documented)
  const servers = [...new Set(documented.map(({ facts }) => labelOf(facts)))]
  const params = documented.flatMap(({ call }) => call.params ?? [])
  return {
    method,
    url,
    servers,
    extensions: override?.extension
      ? [override.extension]
      : extensionsOf([body, ...answer.levels], servers, definitions),
    query: mergeQuery(key, documented),
    headers: [...new Set(params.filter(param => param.in === 'header').map(param => param.name))].sort(),
    body: isText(body) ? undefined : body,
    takesContent: override?.takesContent ?? (isText(body) || takesOnlyBytes(body, documented)),
    answer,
  }
}

function mergeBody(key: string, documented: readonly DocumentedCall[]): Schema | undefined {
  const bodies = documented.flatMap(({ call, facts }) => (call.body ? schemaOf(call.body, facts) : []))
  const [first, ...others] = bodies
  const other = others.find(body => !isSameSchema(body, first as Schema))
  if (other !== undefined)
    throw new Error(`${key}: the body differs between servers: add it to call-overrides.ts`)
  return first
}

// Incus documents the content of a file as a string.
function isText(body: Schema | undefined): boolean {
  return body?.kind === 'scalar'
}

function takesOnlyBytes(body: Schema | undefined, documented: readonly DocumentedCall[]): boolean {
  return (
    body === undefined && documented.some(({ call }) => call.consumes?.includes('application/octet-stream'))
  )
}

function mergeQuery(key: string, documented: readonly DocumentedCall[]): Map<string, Parameter> {
  const { query = {}, required = [] } = callOverrides[key] ?? {}
  const params = documented.flatMap(({ call, facts }) =>
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

// Some calls also declare the recursion of their variant.
function isOwnQuery({ in: place, name }: { readonly in: string; readonly name: string }): boolean {
  return place === 'query' && name !== 'recursion'
}

/** The extension of a call that some servers lack is that of its definitions that the same servers lack. */
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
