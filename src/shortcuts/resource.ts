import { APINotFoundException } from '../exceptions.ts'
import type { ApiPath, Path } from '../path.ts'
import type { APIResult } from '../result.ts'

/** What every shortcut takes first: `API.factory()`, `API.factory()['1.0']`, or either `with()` defaults. */
export type ApiRoot = ApiPath

/** The paths of version 1.0, whether the root or the version was given. */
export function versionOf(api: ApiRoot): Path {
  const url = String(api)
  if (url === '') return api.path('1.0')
  // True: an ApiPath answers every other name with a path.
  if (url === '/1.0') return api as Path
  throw new TypeError(`Give API.factory() or API.factory()['1.0'], not ${url}`)
}

/** The result of reading a path, or `false` where there is nothing. */
export async function readIfPresent(path: ApiPath): Promise<APIResult | false> {
  return unlessNotFound(path.get())
}

/** Deletes what a path names; `false` where there is nothing to delete. */
export async function deleteIfPresent(path: ApiPath): Promise<boolean> {
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
