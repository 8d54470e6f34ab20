import type { Call, Model } from './model.ts'
import { refsOf, type Schema } from './schema.ts'

// Messages of websockets, which no call mentions.
const WEBSOCKET_INPUTS = ['InstanceConsoleControl', 'InstanceExecControl']
const WEBSOCKET_OUTPUTS = ['Event', 'EventLifecycle', 'EventLogging', 'EventSecurity']

/** The definitions that are sent, and those that are received; some are both. */
export interface Uses {
  readonly inputs: ReadonlySet<string>
  readonly outputs: ReadonlySet<string>
}

/** Collects the definitions that calls use, directly or through others. */
export function usesOf(model: Model): Uses {
  const calls = [...model.nodes.values()].flatMap(node => node.calls)
  return {
    inputs: follow([...WEBSOCKET_INPUTS, ...calls.flatMap(({ body }) => namesIn([body]))], model),
    outputs: follow([...WEBSOCKET_OUTPUTS, ...calls.flatMap(answered)], model),
  }
}

function answered({ answer }: Call): string[] {
  const { started, finished } = answer.operation ?? {}
  const operation = answer.operation ? ['Operation', started ?? '', finished ?? ''] : []
  return [...operation, ...namesIn(answer.levels)]
}

function namesIn(schemas: readonly (Schema | undefined)[]): string[] {
  return schemas.flatMap(schema => (schema ? refsOf(schema) : []))
}

function follow(names: readonly string[], { definitions }: Model): Set<string> {
  const found = new Set<string>()
  const queue = [...names]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const definition = definitions.get(name)
    if (definition === undefined || found.has(name)) continue
    found.add(name)
    queue.push(...namesIn([...definition.fields.values()].map(({ schema }) => schema)))
  }
  return found
}
