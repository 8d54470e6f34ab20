import { isRecord } from '../common/is-record.ts'
import { malformed } from '../errors/malformed-answer.ts'
import type { APIAnswer } from '../request/transaction.ts'

/** The keys that lead to a value in the metadata of an answer. */
type Keys = readonly (string | number)[]

/**
 * The object in the metadata of an answer, or below it.
 *
 * @throws {MalformedAnswer} it is none; so do all functions here
 * @example
 * const { fds } = objectIn(started, 'metadata')
 */
export function objectIn(result: APIAnswer, ...keys: Keys): Readonly<Record<string, unknown>> {
  return valueIn(result, keys, 'object', isRecord)
}

/** The list in the metadata of an answer, or below it; empty where there is `null`, as Go writes a list of nothing. */
export function listIn(result: APIAnswer, ...keys: Keys): readonly unknown[] {
  return valueIn(result, keys, 'list', isList) ?? []
}

/** A list of objects. */
export function objectsIn(result: APIAnswer, ...keys: Keys): readonly Readonly<Record<string, unknown>>[] {
  return valueIn(result, keys, 'list of objects', isListOf(isRecord)) ?? []
}

/** A list of texts. */
export function textsIn(result: APIAnswer, ...keys: Keys): readonly string[] {
  return valueIn(result, keys, 'list of texts', isListOf(isText)) ?? []
}

/** A text that is not empty. */
export function textIn(result: APIAnswer, ...keys: Keys): string {
  return valueIn(result, keys, 'text', isFilledText)
}

/** A number. */
export function numberIn(result: APIAnswer, ...keys: Keys): number {
  return valueIn(result, keys, 'number', value => typeof value === 'number')
}

function valueIn<T>(result: APIAnswer, keys: Keys, kind: string, isKind: (value: unknown) => value is T): T {
  const value = keys.reduce(valueAt, result.metadata)
  if (isKind(value)) return value
  const place = ['metadata', ...keys].join('.')
  throw malformed(result, `The answer has no ${kind} as its ${place}`)
}

function valueAt(value: unknown, key: string | number): unknown {
  if (typeof key === 'number') return Array.isArray(value) ? value[key] : undefined
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

function isList(value: unknown): value is readonly unknown[] | null {
  return value === null || Array.isArray(value)
}

function isListOf<T>(isItem: (value: unknown) => value is T) {
  return (value: unknown): value is readonly T[] | null => isList(value) && (value?.every(isItem) ?? true)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isFilledText(value: unknown): value is string {
  return isText(value) && value !== ''
}
