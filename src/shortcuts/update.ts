import type { APIResult, Untyped } from '../result.ts'
import { converge, type Step } from './converge.ts'
import { type Difference, differencesOf, removalsOf } from './difference.ts'
import { asStored, type Fields } from './fields.ts'
import { inTurn } from './in-turn.ts'
import { type Outcome, outcomeOf, type PresentOptions } from './present.ts'
import { type AnyPath, asPath, readItem } from './resource.ts'

/**
 * Reads, lets `change` change what was read, and writes it with `If-Match`; where somebody else was faster, all of it
 * again on what they made of it. So `change` may be called several times, each time with what is there by then.
 *
 * @param change gets a copy of the metadata; changes it, or returns another
 * @throws {APINotFoundException} there is no such resource
 * @example
 * await update(api.profiles.web, profile => { profile.config['user.builds'] = String(Number(profile.config['user.builds'] ?? 0) + 1) })
 */
export async function update(
  path: AnyPath,
  change: (metadata: Untyped) => unknown,
  { check }: Pick<PresentOptions, 'check'> = {},
): Promise<Outcome> {
  const item = asPath(path)
  let isWritten = false
  const next = async (found: APIResult): Promise<Step | undefined> => {
    // Once is enough: a counter that is counted up would never be done.
    if (isWritten) return undefined
    const copy = structuredClone(found.metadata)
    const wanted = asStored(((await change(copy)) ?? copy) as Fields) // True: for anything else, the server refuses it.
    const difference = allDifferences(wanted, found.metadata)
    if (difference.length === 0) return undefined
    const run = async () => {
      await inTurn(found, () => item.put(wanted, { headers: { 'If-Match': found.etag } }).wait())
      isWritten = true
    }
    return { difference, run }
  }
  return outcomeOf(await converge({ path: item, read: () => readItem(item), next }, check))
}

function allDifferences(wanted: Fields, present: Fields): readonly Difference[] {
  return [...differencesOf(wanted, present), ...removalsOf(wanted, present)]
}
