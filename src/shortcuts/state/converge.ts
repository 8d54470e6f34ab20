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

/** How often a server may take the same change, and have all as it was before, until it is clear that it ignores it. */
export const MAX_IGNORED = 3

/** What brings something nearer to what it should be: the difference it makes, and how. */
export interface Step {
  readonly difference: readonly Difference[]
  readonly run: () => Promise<unknown>
  /** Nothing has to be looked at after it. */
  readonly isLast?: boolean
  /** Whether it was taken before, and lost to somebody who wrote at the same moment. */
  readonly isRepeated?: boolean
}

/** What something should be: a way to read it, and the step to take from how it was found; none where it is so. */
export interface Goal<Seen> {
  readonly path: Path
  readonly read: () => Promise<Seen>
  readonly next: (seen: Seen) => Step | undefined | Promise<Step | undefined>
}

/** What was seen last, and what all steps together have changed, or would. */
export interface Convergence<Seen> {
  readonly seen: Seen
  readonly difference: readonly Difference[]
}

/**
 * Reads, takes a step, and reads again, until there is nothing left to do; with `check`, only tells the first step.
 *
 * An exception's message ends with what was reached.
 */
export async function converge<Seen>(goal: Goal<Seen>, check = false): Promise<Convergence<Seen>> {
  const progress: Progress<Seen> = { done: [], seen: await goal.read(), ignored: 0 }
  try {
    for (let attempt = 1; ; attempt++) {
      const { seen } = progress
      const step = await goal.next(seen as Seen) // True: advance() leaves what it has read.
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
  /** How many steps in a row have changed nothing, be it by us or by others. */
  ignored: number
  /** What the last step was answered with. */
  answer?: unknown
}

/** Takes a step, gives way to others if it was refused, and reads what there is then. */
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
  return { seen: seen as Seen, difference: differenceOfSteps(done) } // True: it has been read.
}

function differenceOfSteps(steps: readonly Step[]): readonly Difference[] {
  // What had to be done twice was done once.
  return steps.filter((step, index) => !isSame(step, steps[index - 1])).flatMap(step => step.difference)
}

/** Resolves with the server's refusal, if it refuses. */
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

/** Throws where the step can't be expected to do what the last one did not. */
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

/** Members take fields that they don't know, or that can't be changed, and do nothing about them. */
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
