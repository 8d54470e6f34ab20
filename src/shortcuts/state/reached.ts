import { APIException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { APIResult } from '../../result.ts'
import type { Difference } from './difference.ts'

/** How far it went, and what there is now: `undefined` where nobody knows. */
export interface Reached {
  readonly path: Path
  readonly done: readonly Difference[]
  readonly seen: unknown
}

/** Adds to an exception's message how far it went; in names only, since values may be secret. */
export function tellReached(error: unknown, { path, done, seen }: Reached): unknown {
  if (!(error instanceof APIException)) return error
  const message = `${error.message} [${path}: ${describeSteps(done)}; ${describeSeen(seen)}]`
  // The stack begins with the message.
  error.stack = error.stack?.replace(error.message, () => message)
  error.message = message
  return error
}

function describeSteps(done: readonly Difference[]): string {
  return done.length === 0 ? 'nothing was changed' : done.map(describeStep).join(', ')
}

function describeStep({ path, from }: Difference): string {
  if (path.length > 0) return `${path.join('.')} was set`
  return from === undefined ? 'it was created' : 'it was deleted'
}

function describeSeen(seen: unknown): string {
  // Of what moves, there is one here or one there.
  if (Array.isArray(seen)) return describeSeen(seen.find(Boolean) ?? false)
  if (seen === undefined) return 'what it is now is not known'
  if (!(seen instanceof APIResult)) return 'it does not exist'
  return typeof seen.metadata?.status === 'string' ? `it is ${seen.metadata.status}` : 'it exists'
}
