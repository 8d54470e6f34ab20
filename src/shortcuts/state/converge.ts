import { isDeepStrictEqual } from 'node:util'
import { APIException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { APIResult } from '../../result.ts'
import {
  backOff,
  backOffRandomly,
  hasExhaustedRetries,
  isOutdated,
  isRefusal,
  isWorthRetrying,
} from '../shared/retry.ts'
import { waitForOperations } from '../shared/wait-for-operations.ts'
import type { Difference } from './difference.ts'
import { addProgressNote } from './progress-note.ts'

/** How often a server may accept the same change without effect, until an exception says so. */
export const MAX_IGNORED = 3

/** A step towards a goal: the difference it makes, and how to run it. */
export interface Step {
  readonly difference: readonly Difference[]
  readonly run: () => Promise<unknown>
  /** Whether nothing has to be read after it. */
  readonly isLast?: boolean
  /** Whether it is a retry, after a concurrent write overwrote it. */
  readonly isRepeated?: boolean
}

/** A desired state: how to read the resource, and the next step from what was read; `undefined` once it is reached. */
export interface Goal<Seen> {
  readonly path: Path
  readonly read: () => Promise<Seen>
  readonly next: (seen: Seen) => Step | undefined | Promise<Step | undefined>
}

/** What was read last, and what all steps have changed, or would change. */
export interface Convergence<Seen> {
  readonly seen: Seen
  readonly difference: readonly Difference[]
}

/**
 * Reads, takes a step, and reads again, until no step is left; with `check`, only returns the first step.
 *
 * An exception's message ends with what was changed before it.
 */
export async function converge<Seen>(goal: Goal<Seen>, check = false): Promise<Convergence<Seen>> {
  const progress: Progress<Seen> = { done: [], seen: await goal.read(), ignored: 0 }
  try {
    for (let attempt = 1; ; attempt++) {
      const { seen } = progress
      const step = await goal.next(seen as Seen) // Safe cast: advance() sets it.
      if (step === undefined) return convergenceOf(progress)
      if (check) return convergenceOf({ seen, done: [step] })
      checkStep(goal, progress, step, attempt)
      if (step.isRepeated || isSame(step, progress.done.at(-1))) await backOffRandomly(attempt)
      await advance(goal, progress, step, attempt)
      if (step.isLast && progress.refusal === undefined) return convergenceOf({ ...progress, seen })
    }
  } catch (error) {
    const { done, seen } = progress
    throw addProgressNote(error, { path: goal.path, done: differenceOfSteps(done), seen })
  }
}

interface Progress<Seen> {
  readonly done: Step[]
  /** `undefined` while it may be changing. */
  seen: Seen | undefined
  refusal?: { readonly error: APIException; readonly step: Step }
  /** How many consecutive steps had no effect, by this client or by others. */
  ignored: number
  /** The answer to the last step. */
  answer?: unknown
}

/** Takes a step, backs off if it was refused, and reads the result. */
async function advance<Seen>(
  goal: Goal<Seen>,
  progress: Progress<Seen>,
  step: Step,
  attempt: number,
): Promise<void> {
  const before = versionsOf(progress.seen)
  progress.seen = undefined
  const { answer, error } = await take(step)
  progress.answer = answer
  progress.refusal = error && { error, step }
  if (error === undefined) progress.done.push(step)
  else await waitBeforeRetry(error, goal.path, attempt)
  if (step.isLast && error === undefined) return
  progress.seen = await goal.read()
  const isAsBefore = error === undefined && isDeepStrictEqual(versionsOf(progress.seen), before)
  progress.ignored = isAsBefore ? progress.ignored + 1 : 0
}

function versionsOf(seen: unknown): readonly unknown[] {
  return [seen].flat().map(one => (one instanceof APIResult ? one.etag : one))
}

function convergenceOf<Seen>({ seen, done }: Pick<Progress<Seen>, 'seen' | 'done'>): Convergence<Seen> {
  return { seen: seen as Seen, difference: differenceOfSteps(done) } // Safe cast: `read()` has resolved.
}

function differenceOfSteps(steps: readonly Step[]): readonly Difference[] {
  // A retried step counts once.
  return steps.filter((step, index) => !isSame(step, steps[index - 1])).flatMap(step => step.difference)
}

/** Runs a step; resolves with its answer, or with the refusal of the server. */
async function take(step: Step): Promise<{ readonly answer?: unknown; readonly error?: APIException }> {
  try {
    return { answer: await step.run() }
  } catch (error) {
    if (isRefusal(error)) return { error }
    throw error
  }
}

async function waitBeforeRetry(refusal: APIException, path: Path, attempt: number): Promise<void> {
  if (isOutdated(refusal)) return backOffRandomly(attempt)
  await waitForOperations(path)
  await backOff(attempt)
}

/** Throws if the step can't be expected to succeed where the last one failed. */
function checkStep<Seen>(
  { path }: Goal<Seen>,
  { refusal, done, seen, answer, ignored }: Progress<Seen>,
  step: Step,
  attempt: number,
): void {
  if (refusal !== undefined) {
    if (!isWorthRetrying(refusal.error, attempt, isSame(step, refusal.step))) throw refusal.error
  } else if (isSame(step, done.at(-1)) && (ignored >= MAX_IGNORED || hasExhaustedRetries(attempt))) {
    const result = [seen, answer].flat().find(one => one instanceof APIResult)
    if (result !== undefined) throw withoutEffect(result, step.difference, path)
  }
}

function isSame(step: Step, other: Step | undefined): boolean {
  return isDeepStrictEqual(step.difference, other?.difference)
}

/** The exception for a change that the server accepted without effect, as servers do for unknown and read-only fields. */
export function withoutEffect(
  result: APIResult,
  difference: readonly Difference[],
  path: Path,
): APIException {
  const names = difference.map(({ path }) => path.join('.')).join(', ')
  const error =
    names === ''
      ? `The server took the change, and it is as it was: somebody else changes ${path} back, or the server does not do what it says`
      : `The server took the change of ${names}, and it is as it was: ${path} has no such field, it can't be changed, or somebody else changes it back`
  return new APIException({ request: result.request, result, error })
}
