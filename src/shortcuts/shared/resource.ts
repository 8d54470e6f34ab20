import { objectIn } from '../../answer/metadata.ts'
import { checkedPath } from '../../checked-path.ts'
import { APINotFoundException } from '../../errors/exceptions.ts'
import type { ApiPath, Path } from '../../path.ts'
import type { Rest, Root } from '../../rest.ts'
import type { APIResult } from '../../result.ts'
import { asPath } from './item-path.ts'

/** What every shortcut takes first: `API.factory()`, `API.factory()['1.0']`, or either `with()` defaults. */
export type ApiRoot = ApiPath | Root | Rest

/** The path of version 1.0, given that or the root, with answers checked as by {@link checkedPath}. */
export function versionOf(api: ApiRoot): Path {
  const url = String(api)
  if (url === '') return asPath(api).path('1.0')
  if (url === '/1.0') return asPath(api)
  throw new TypeError(`Give API.factory() or API.factory()['1.0'], not ${url}`)
}

/** The parent path, and the name in the last segment. */
export function splitPath(path: Path): { readonly parent: Path; readonly name: string } {
  const url = String(path)
  const slash = url.lastIndexOf('/')
  if (slash <= 0) throw new TypeError(`${url || '/'} names nothing that could be created or deleted`)
  return { parent: path.forUrl(url.slice(0, slash)), name: nameOf(path) }
}

/** The path of what a snapshot belongs to. */
export function ownerOf(snapshot: Path): Path {
  return splitPath(splitPath(snapshot).parent).parent
}

/**
 * The name in the last segment of a path.
 *
 * @throws {TypeError} the segment is not UTF-8 once it is decoded
 */
export function nameOf(path: Path): string {
  const segment = String(path).split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(segment)
  } catch (cause) {
    throw new TypeError(`${path} names nothing: its last part is not UTF-8`, { cause })
  }
}

/**
 * Reads what a path names; the metadata of the result is an object.
 *
 * @throws {TypeError} the path names a list of resources
 * @throws {MalformedAnswer} the metadata is anything else
 */
export async function readItem(path: Path): Promise<APIResult> {
  const result = await path.get()
  if (listsItems(result.metadata, path)) throw new TypeError(`${path} names a list, not one of its items`)
  objectIn(result)
  return result
}

// A list of anything else is a malformed answer.
function listsItems(metadata: unknown, path: Path): boolean {
  const isItem = (url: unknown): boolean => String(url).startsWith(`${path}/`)
  return Array.isArray(metadata) && metadata.length > 0 && metadata.every(isItem)
}

/** Reads what a path names; `false` if it does not exist. */
export async function readIfPresent(path: Path): Promise<APIResult | false> {
  return unlessNotFound(readItem(path))
}

/** Deletes what a path names; `false` if it does not exist. */
export async function deleteIfPresent(path: Path): Promise<boolean> {
  return (await unlessNotFound(path.delete().wait())) !== false
}

/** The result of a call, or `false` if the server answers 404. */
export async function unlessNotFound(call: Promise<APIResult>): Promise<APIResult | false> {
  try {
    return await call
  } catch (error) {
    if (error instanceof APINotFoundException) return false
    throw error
  }
}
