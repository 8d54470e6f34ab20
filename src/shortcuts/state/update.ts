import { isDeepStrictEqual } from 'node:util'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { APIResult, Untyped } from '../../result.ts'
import { asStored, type Fields, fieldsOf } from '../shared/fields.ts'
import type { ItemOf, WithVerb } from '../shared/item-of.ts'
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
 * Reads, calls `change` with what was read, and writes it with `If-Match`; on a conflict it retries from the start. So
 * `change` may be called several times, each time with the latest version.
 *
 * The servers compare `If-Match` first and write later, so of two processes that write within the same few milliseconds
 * both succeed, and one change is lost. A read after the write detects it if nothing of the change is left, and then it
 * is retried; two that incremented a number to the same value can't be distinguished. Within one process nothing is
 * lost. For changes that must not be lost between processes, use separate keys, or a lock.
 *
 * @param change receives a copy of the metadata; modifies it, or returns another
 * @throws {APINotFoundException} there is no such resource
 * @throws {APIException} the server accepted the change, and ignored some of it
 * @example
 * await update(api.profiles.web, profile => { profile.config['user.builds'] = String(Number(profile.config['user.builds'] ?? 0) + 1) })
 */
export async function update<P extends AnyPath>(
  path: P & WithVerb<P, 'put'>,
  change: (metadata: ItemOf<P>) => unknown,
  options: ChangeOptions = {},
): Promise<Outcome<ItemOf<P>>> {
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
    // Once is enough: incrementing a counter would never converge.
    if (written.difference !== undefined && !isLost(written, found, item)) return undefined
    const copy = structuredClone(found.metadata)
    const wanted = asStored(((await change(copy)) ?? copy) as Fields) // Safe cast: the server refuses anything else.
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
  /** The difference that the last write was to make; `undefined` before the first one. */
  difference: readonly Difference[] | undefined
  /** The version that the last write was based on. */
  etag: string | undefined
  /** The number of consecutive writes without effect. */
  ignored: number
  /** How often a write was lost. */
  losses: number
}

/**
 * Whether the last write was lost completely, so that it has to be retried.
 *
 * @throws {APIException} some of it is left, or writes have no effect: the server ignores it
 */
function isLost(written: Written, found: APIResult, path: Path): boolean {
  const { difference = [] } = written
  const set = difference.filter(({ to }) => to !== undefined)
  // A field that is omitted may be one that the server maintains, such as `used_by`.
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
  // An empty config value means that it is not set.
  return isDeepStrictEqual(value ?? '', from ?? '')
}

function allDifferences(wanted: Fields, present: Fields): readonly Difference[] {
  return [...differencesOf(wanted, present), ...removalsOf(wanted, present)]
}
