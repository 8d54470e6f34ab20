import type { Answer, Call, Model, OperationTypes, Parameter } from './model.ts'
import { toPascalCase, toPropertyName, toTemplate } from './names.ts'
import { callProse, parameterProse } from './prose.ts'
import { renderSchema } from './render-definition.ts'
import { renderAvailability, renderDoc } from './tsdoc.ts'
import type { Uses } from './uses.ts'

/** Renders a method of a path. */
export function renderCall(call: Call, uses: Uses, model: Model): string {
  const { answer } = call
  const parameters = isRawUpgrade(call)
    ? [`protocol: '${answer.upgrade}'`, renderUpgradeOptions(call, uses)]
    : [renderBody(call, uses), renderOptions(call)].filter(parameter => parameter !== '')
  const recursion =
    answer.levels.length > 1 ? `<Recursion extends ${[...answer.levels.keys()].join(' | ')} = 0>` : ''
  const head = `  ${verbOf(call)}${recursion}(`
  const tail = `): ${renderAnswer(call, uses)}\n`
  const line = head + parameters.join(', ') + tail
  const wrapped = `${head}\n${parameters.map(parameter => `    ${parameter},\n`).join('')}  ${tail}`
  return describeCall(call, model) + (line.length > 111 ? wrapped : line)
}

/** Returns the name of the method that a call is typed as. */
export function verbOf({ method, answer }: Call): string {
  if (answer.upgrade === undefined) return method.toLowerCase()
  return answer.upgrade === 'websocket' ? 'websocket' : 'upgrade'
}

function isRawUpgrade(call: Call): boolean {
  return verbOf(call) === 'upgrade'
}

function renderUpgradeOptions(call: Call, uses: Uses): string {
  const options = renderOptions(call)
  if (call.body === undefined) return options
  return `${options.replace('?:', ':')} & { readonly body: ${renderSchema(call.body, uses, true)} }`
}

function describeCall({ method, url, servers, extensions, headers, answer }: Call, model: Model): string {
  const prose = callProse[`${method} ${toTemplate(url)}`]
  const names = [...new Set(headers.map(header => `\`${header.replace(/^X-(LXD|Incus)-/, '')}\``))]
  return renderDoc(
    [
      prose ? `${prose} \`${method} ${url}\`` : `\`${method} ${url}\``,
      renderAvailability(servers, extensions, model.servers),
      describeOperationServers(answer, servers),
      names.length > 0 ? `Headers after \`X-LXD-\` or \`X-Incus-\`: ${names.sort().join(', ')}.` : '',
    ],
    '  ',
  )
}

function describeOperationServers({ levels, operationServers }: Answer, servers: readonly string[]): string {
  if (levels.length === 0 || operationServers.length === 0) return ''
  const isOnAll = operationServers.length === servers.length
  return isOnAll
    ? 'An operation, or a synchronous answer.'
    : `An operation on ${operationServers.join(' and ')}, a synchronous answer on others.`
}

function renderBody({ method, body, takesContent }: Call, uses: Uses): string {
  if (method === 'GET' || method === 'HEAD' || method === 'DELETE') return ''
  const types = [body ? renderSchema(body, uses, true) : '', takesContent ? 'RawBody' : ''].filter(
    type => type !== '',
  )
  return types.length > 0 ? `body: ${types.join(' | ')}` : 'body?: null'
}

function renderOptions({ query, answer }: Call): string {
  const isRequired = [...query.values()].some(parameter => parameter.isRequired)
  const named = query.size > 0 ? queryNameOf(query) : ''
  const recursive = answer.levels.length > 1 ? 'Recursive<Recursion>' : ''
  const type = [named, recursive].filter(part => part !== '').join(' & ') || 'NoQuery'
  return isRequired ? `options: RequiredOptions<${type}>` : `options?: CallOptions<${type}>`
}

function renderAnswer(call: Call, uses: Uses): string {
  const { operation, hasContent, upgrade } = call.answer
  if (upgrade !== undefined) return upgrade === 'websocket' ? 'Promise<APIWebSocket>' : 'Promise<Duplex>'
  if (call.method === 'HEAD') return 'Sync<undefined>'
  const metadata = renderLevels(call, uses)
  if (hasContent) return metadata === '' ? 'Content' : `ContentOrSync<${metadata}>`
  if (operation) return renderOperation(metadata, operation)
  return metadata === 'Empty' ? 'Done' : `Sync<${metadata}>`
}

function renderOperation(metadata: string, { started, finished }: OperationTypes): string {
  const untyped = finished ? 'OperationMetadata' : ''
  const types = [started ? `${started} | null` : untyped, finished ?? ''].filter(type => type !== '')
  if (metadata !== '' && (metadata !== 'Empty' || types.length > 0)) types.unshift(metadata)
  const name = metadata === '' ? 'Started' : 'Either'
  return types.length > 0 ? `${name}<${types.join(', ')}>` : name
}

function renderLevels({ answer: { levels, isNullable } }: Call, uses: Uses): string {
  const types = levels.map(level => (level ? renderSchema(level, uses, false) : 'Empty'))
  const metadata = types.length > 1 ? `[${types.join(', ')}][Recursion]` : (types[0] ?? '')
  return isNullable ? `${metadata} | null` : metadata
}

/** Returns the name of a set of query parameters, such as `FilterProjectQuery`; an enumerated parameter gives its type's. */
export function queryNameOf(query: ReadonlyMap<string, Parameter>): string {
  const names = [...query].map(([name, { schema, isRequired }]) => {
    const own = schema.kind === 'ref' ? schema.name : toPascalCase(name)
    return isRequired ? `Required${own}` : own
  })
  return `${names.join('')}Query`
}

/** Renders the interface of a set of query parameters. */
export function renderQuery(query: ReadonlyMap<string, Parameter>, uses: Uses): string {
  const lines = [...query].map(([name, { schema, isRequired }]) => {
    const type = schema.kind === 'ref' ? `${schema.name} | (string & {})` : renderSchema(schema, uses, true)
    const doc = renderDoc([parameterProse[name] ?? ''], '  ')
    return `${doc}  readonly ${toPropertyName(name)}${isRequired ? '' : '?'}: ${type}\n`
  })
  return `export interface ${queryNameOf(query)} {\n${lines.join('')}}\n\n`
}
