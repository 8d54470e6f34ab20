import { objectIn, objectsIn } from '../../answer/metadata.ts'
import { malformed } from '../../errors/malformed-answer.ts'
import { contextOf, type Path } from '../../path.ts'
import { redactText } from '../../redact/redact.ts'
import type { APIResult } from '../../result.ts'
import type { Fields } from '../shared/fields.ts'
import { type AnyPath, asPath } from '../shared/item-path.ts'
import { unlessNotFound } from '../shared/resource.ts'
import { type CollectionType, collectionTypeOf } from './collection-types.ts'

const DEFAULT_PROJECT = 'default'

/** A list of resources, and how to read it. */
export interface Collection {
  readonly path: Path
  readonly type: CollectionType
  /** The decoded segments of its URL. */
  readonly segments: readonly string[]
  /** The project; `undefined` for a list of all projects. */
  readonly project: string | undefined
}

/**
 * The list that a path names.
 *
 * @throws {TypeError} it names something else, or a list whose items cause no events
 */
export function collectionAt(path: AnyPath, call: string): Collection {
  const untyped = asPath(path)
  const { query = {} } = contextOf(untyped).defaults
  if (query['filter'] !== undefined || query['recursion'] !== undefined)
    throw new TypeError(`${call}: give a path without a filter and recursion of its own`)
  const type = collectionTypeOf(String(untyped))
  if (type === undefined) {
    const url = redactText(String(untyped) || '/')
    throw new TypeError(
      `${call}: give the path of a list whose items cause events (api.instances), not ${url}`,
    )
  }
  const isAll = String(query['all-projects'] ?? false) === 'true'
  return {
    path: isAll ? untyped.with({ query: { project: undefined, 'all-projects': true } }) : untyped,
    type,
    segments: segmentsOf(String(untyped)),
    project: isAll ? undefined : String(query['project'] ?? DEFAULT_PROJECT),
  }
}

/** The decoded segments of a URL. */
export function segmentsOf(url: string): readonly string[] {
  return url.split('/').slice(1).map(decodeURIComponent)
}

/** The name of an item of a project in the list: with the project before it, in a list of all projects. */
export function nameIn({ type, project }: Collection, itemProject: unknown, name: string): string {
  if (project !== undefined || type.isGlobal) return name
  return `${itemProject || DEFAULT_PROJECT}/${name}`
}

/** Reads the whole list. */
export async function readList(collection: Collection): Promise<ReadonlyMap<string, Fields>> {
  const result = await collection.path.get({ query: { recursion: 1 } })
  return new Map(objectsIn(result).map(item => [nameOfItem(collection, item, result), item]))
}

/** Reads one item, given its name in the list; `undefined` if there is none. */
export async function readItemOf(collection: Collection, name: string): Promise<Fields | undefined> {
  const result = await unlessNotFound(itemAt(collection, name).get())
  if (!result) return undefined
  const item = objectIn(result)
  const found = nameOfItem(collection, item, result)
  if (found !== name) throw malformed(result, `The answer is of another item, ${JSON.stringify(found)}`)
  return item
}

function itemAt({ path, type, project }: Collection, name: string): Path {
  if (project !== undefined || type.isGlobal) return path.path(name)
  const [itemProject, ...rest] = name.split('/')
  return path.with({ query: { project: itemProject, 'all-projects': undefined } }).path(rest.join('/'))
}

function nameOfItem(collection: Collection, item: Fields, result: APIResult): string {
  const name = collection.type.name(item)
  if (name !== undefined) return nameIn(collection, item['project'], name)
  throw malformed(result, 'The answer has an item without a name')
}
