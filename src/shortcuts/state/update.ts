import { isDeepStrictEqual } from 'node:util'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { APIResult, Untyped } from '../../result.ts'
import { asStored, type Fields, fieldsOf } from '../shared/fields.ts'
import { type AnyPath, asPath } from '../shared/item-path.ts'
import { CHANGE_OPTIONS, type ChangeOptions, withLimitedPath } from '../shared/limits.ts'
import { withMutex } from '../shared/mutex.ts'
import { readItem } from '../shared/resource.ts'
import { hasExhaustedRetries } from '../shared/retry.ts'
import { converge, MAX_IGNORED, type Step, withoutEffect } from './converge.ts'
import { type Difference, differencesOf, removalsOf } from './difference.ts'
import { type Outcome, outcomeOf } from './present.ts'

const OPTIONS: ReadonlySet<string> = new Set<keyof ChangeOptions>(CHANGE_OPTIONS)

/**
 * Reads, lets `change` change what was read, and writes it with `If-Match`; where somebody else was faster, all of it
 * again on what they made of it. So `change` may be called several times, each time with what is there by then.
 *
 * The servers compare `If-Match` first and write later, so of two processes that write within the same few milliseconds
 * both are told that they were the first, and one change is lost. What is read after writing shows it where nothing of
 * the change is there, and then it is made again; two that counted a number up to the same value can't be told apart.
 * Within one process nothing is lost. For what must not be lost between processes, take keys of their own, or a lock.
 *
 * @param change gets a copy of the metadata; changes it, or returns another
 * @throws {APINotFoundException} there is no such resource
 * @throws {APIException} the server took the change, and did nothing about some of it
 * @example
 * await update(api.profiles.web, profile => { profile.config['user.builds'] = String(Number(profile.config['user.builds'] ?? 0) + 1) })
 */
export async function update(
  path: AnyPath,
  change: (metadata: Untyped) => unknown,
  options: ChangeOptions = {},
): Promise<Outcome> {
  checkNames(options, OPTIONS, 'update()')
  return withLimitedPath(asPath(path), options, 'update()', item => changeItem(item, change, options.check))
}

async function changeItem(
  item: Path,
  change: (metadata: Untyped) => unknown,
  check: boolean | undefined,
): Promise<Outcome> {
  const written: Written = { difference: undefined, etag: undefined, ignored: 0, losses: 0 }
  const next = async (found: APIResult): Promise<Step | undefined> => {
    // Once is enough: a counter that is counted up would never be done.
    if (written.difference !== undefined && !isLost(written, found, item)) return undefined
    const copy = structuredClone(found.metadata)
    const wanted = asStored(((await change(copy)) ?? copy) as Fields) // True: for anything else, the server refuses it.
    const difference = allDifferences(wanted, found.metadata)
    if (difference.length === 0) return undefined
    const run = async () => {
      await withMutex(found, () => item.put(wanted, { headers: { 'If-Match': found.etag } }).wait())
      written.difference = difference
      written.etag = found.etag
    }
    return { difference, run, isRepeated: written.losses > 0 }
  }
  const { seen, difference } = await converge({ path: item, read: () => readItem(item), next }, check)
  return outcomeOf({
    seen,
    difference: check ? difference : difference.filter(one => !isAsBefore(one, seen)),
  })
}

interface Written {
  /** What the last write was to change; `undefined` before the first one. */
  difference: readonly Difference[] | undefined
  /** The version that it was made of. */
  etag: string | undefined
  /** How often in a row all was as before. */
  ignored: number
  /** How often it was gone. */
  losses: number
}

/**
 * Whether nothing is left of what was written last, so that it has to be written again.
 *
 * @throws {APIException} some of it is left, or all is as before each time: it is the server that takes no notice of it
 */
function isLost(written: Written, found: APIResult, path: Path): boolean {
  const { difference = [] } = written
  const set = difference.filter(({ to }) => to !== undefined)
  // What is left out as a whole may be what the server keeps by itself, such as `used_by`.
  const counted = set.length > 0 ? set : difference.filter(({ path }) => path.length > 1)
  const gone = counted.filter(one => isAsBefore(one, found))
  if (gone.length === 0) return false
  written.losses += 1
  written.ignored = found.etag === written.etag ? written.ignored + 1 : 0
  const isHopeless = written.ignored >= MAX_IGNORED || hasExhaustedRetries(written.losses)
  if (gone.length === counted.length && !isHopeless) return true
  throw withoutEffect(found, gone, path)
}

function isAsBefore({ path, from }: Difference, { metadata }: APIResult): boolean {
  const value = path.reduce<unknown>((outer, name) => fieldsOf(outer)[name], metadata)
  // An empty config value is one that is not set.
  return isDeepStrictEqual(value ?? '', from ?? '')
}

function allDifferences(wanted: Fields, present: Fields): readonly Difference[] {
  return [...differencesOf(wanted, present), ...removalsOf(wanted, present)]
}
