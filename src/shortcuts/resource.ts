import { APINotFoundException } from '../exceptions.ts'
import { ApiPath, type Path } from '../path.ts'
import { redactText } from '../redact.ts'
import type { Rest, RestNode, Root } from '../rest.ts'
import type { APIResult } from '../result.ts'

/** What every shortcut takes first: `API.factory()`, `API.factory()['1.0']`, or either `with()` defaults. */
export type ApiRoot = ApiPath | Root | Rest

/** Any path, whether the types know it or not. */
export type AnyPath = ApiPath | RestNode

/** The paths of version 1.0, whether the root or the version was given. */
export function versionOf(api: ApiRoot): Path {
  const url = String(api)
  if (url === '') return asPath(api).path('1.0')
  if (url === '/1.0') return asPath(api)
  throw new TypeError(`Give API.factory() or API.factory()['1.0'], not ${url}`)
}

/** A path without what the types know of it. */
export function asPath(path: AnyPath): Path {
  if (!((path as unknown) instanceof ApiPath))
    throw new TypeError(`Give a path of the API, not ${redactText(String(path))}`)
  // True: an ApiPath answers every name that is not a member with a path.
  return path as unknown as Path
}

/** The path above, and the name that the last segment holds. */
export function splitPath(path: Path): { readonly parent: Path; readonly name: string } {
  const url = String(path)
  const slash = url.lastIndexOf('/')
  if (slash <= 0) throw new TypeError(`${url || '/'} names nothing that could be created or deleted`)
  return { parent: path.forUrl(url.slice(0, slash)), name: decodeURIComponent(url.slice(slash + 1)) }
}

/** The result of reading a path, or `false` where there is nothing. */
export async function readIfPresent(path: Path): Promise<APIResult | false> {
  return unlessNotFound(path.get())
}

/** Deletes what a path names; `false` where there is nothing to delete. */
export async function deleteIfPresent(path: Path): Promise<boolean> {
  return (await unlessNotFound(path.delete().wait())) !== false
}

async function unlessNotFound(call: Promise<APIResult>): Promise<APIResult | false> {
  try {
    return await call
  } catch (error) {
    if (error instanceof APINotFoundException) return false
    throw error
  }
}
