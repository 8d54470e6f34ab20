import { APIException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { APIResult } from '../../result.ts'
import type { Difference } from './difference.ts'

/** What a convergence had changed when it failed, and what was read last: `undefined` where that is unknown. */
export interface FailedConvergence {
  readonly path: Path
  readonly done: readonly Difference[]
  readonly seen: unknown
}

/** Adds to an exception's message what was changed before it; in names only, since values may be secret. */
export function addProgressNote(error: unknown, { path, done, seen }: FailedConvergence): unknown {
  if (!(error instanceof APIException)) return error
  return error.withNotes(`[${path}: ${describeSteps(done)}; ${describeSeen(seen)}]`)
}

function describeSteps(done: readonly Difference[]): string {
  return done.length === 0 ? 'nothing was changed' : done.map(describeStep).join(', ')
}

function describeStep({ path, from }: Difference): string {
  if (path.length > 0) return `${path.join('.')} was set`
  return from === undefined ? 'it was created' : 'it was deleted'
}

function describeSeen(seen: unknown): string {
  // A move has two places, and the resource is in one of them.
  if (Array.isArray(seen)) return describeSeen(seen.find(Boolean) ?? false)
  if (seen === undefined) return 'what it is now is not known'
  if (!(seen instanceof APIResult)) return 'it does not exist'
  return typeof seen.metadata?.status === 'string' ? `it is ${seen.metadata.status}` : 'it exists'
}
