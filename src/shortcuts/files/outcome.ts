import { type Outcome, outcomeOf } from '../state/present.ts'

/** The outcome for a path in an instance or a volume: unchanged, or what it was and is. */
export function fileOutcome(
  isChanged: boolean,
  path: string,
  { from, to }: { readonly from?: unknown; readonly to?: unknown },
): Outcome<undefined> {
  return outcomeOf({ seen: false, difference: isChanged ? [{ path: [path], from, to }] : [] })
}
