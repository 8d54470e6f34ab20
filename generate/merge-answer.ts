import { callOverrides } from './call-overrides.ts'
import { type FactAnswer, labelOf } from './facts.ts'
import type { DocumentedCall } from './merge-calls.ts'
import { schemaOf } from './merge-definitions.ts'
import type { Answer } from './model.ts'
import { isSameSchema, parseGoType, type Schema } from './schema.ts'

/** The metadata of a synchronous answer, by recursion. */
interface Level {
  readonly recursion: number
  readonly schema: Schema | undefined
}

/**
 * Merges the documented answers of a call.
 *
 * @throws {Error} they differ or are incomplete, and no override corrects that
 */
export function mergeAnswer(key: string, all: readonly DocumentedCall[]): Answer {
  const override = callOverrides[key] ?? { because: '' }
  // Untrusted clients get a subset of the same answer.
  const documented = all.filter(({ call }) => !call.variant?.startsWith('public'))
  const started = documented.filter(one => successesOf(one).some(answer => answer.response === 'Operation'))
  const levels = override.levels?.map(type => (type === '' ? undefined : parseGoType(type)))
  const { upgrade, hasContent = false, isNullable = false, operation } = override
  return {
    levels: levels ?? (upgrade ? [] : mergeLevels(key, documented, hasContent)),
    operation: started.length > 0 || operation ? (operation ?? {}) : undefined,
    operationServers: [...new Set(started.map(({ facts }) => labelOf(facts)))],
    hasContent,
    isNullable,
    upgrade,
  }
}

function mergeLevels(
  key: string,
  documented: readonly DocumentedCall[],
  hasContent: boolean,
): (Schema | undefined)[] {
  const levels: (Schema | undefined)[] = []
  for (const { recursion, schema } of documented.flatMap(one => listLevels(key, one, hasContent))) {
    if (recursion > levels.length) throw new Error(`${key} skips a recursion: add it to call-overrides.ts`)
    levels[recursion] = pickLevel(key, levels[recursion], schema)
  }
  return levels
}

function pickLevel(key: string, one: Schema | undefined, other: Schema | undefined): Schema | undefined {
  if (one !== undefined && other !== undefined && !isSameSchema(one, other)) {
    throw new Error(`${key}: the metadata differs between servers: add it to call-overrides.ts`)
  }
  return one ?? other
}

function listLevels(key: string, documented: DocumentedCall, hasContent: boolean): Level[] {
  const recursion = Number(documented.call.variant?.match(/recursion=(\d)/)?.[1] ?? 0)
  const answers = successesOf(documented)
  if (answers.length === 0) throw new Error(`${key} has no answer: add it to call-overrides.ts`)
  return answers.flatMap(answer => {
    if (answer.response === 'Operation') return []
    if (answer.response === 'EmptySyncResponse' || documented.method === 'HEAD')
      return { recursion, schema: undefined }
    if (answer.metadata) return { recursion, schema: schemaOf(answer.metadata, documented.facts) }
    if (hasContent) return []
    throw new Error(`${key} has an answer of unknown shape: add it to call-overrides.ts`)
  })
}

function successesOf({ call }: DocumentedCall): FactAnswer[] {
  return Object.entries(call.responses).flatMap(([code, answer]) => (/^[123]/.test(code) ? answer : []))
}
