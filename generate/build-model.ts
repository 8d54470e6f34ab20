import { enumerations } from './enumerations.ts'
import { type Facts, labelOf } from './facts.ts'
import { mergeNodes } from './merge-calls.ts'
import { mergeDefinitions } from './merge-definitions.ts'
import type { Definition, Model } from './model.ts'
import { usesOf } from './uses.ts'

/**
 * Merges the documented APIs of several servers into one model.
 *
 * @throws {Error} they contradict each other
 */
export function buildModel(facts: readonly Facts[]): Model {
  const all = mergeDefinitions(facts)
  const nodes = mergeNodes(facts, all)
  const model: Model = {
    servers: facts.map(labelOf),
    definitions: all,
    enumerations: new Map(Object.entries(enumerations)),
    nodes,
  }
  const { inputs, outputs } = usesOf(model)
  return { ...model, definitions: pick(all, name => inputs.has(name) || outputs.has(name)) }
}

function pick(
  definitions: Model['definitions'],
  isWanted: (name: string) => boolean,
): Map<string, Definition> {
  return new Map([...definitions].filter(([name]) => isWanted(name)))
}
