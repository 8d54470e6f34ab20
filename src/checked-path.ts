import { isEnvelope } from './answer/envelope.ts'
import { checkForm } from './answer/form.ts'
import { placeIn } from './client/caller.ts'
import { type ApiPath, contextOf, type Path, pathTo } from './path.ts'
import type { APIResult } from './result.ts'

/**
 * The same path for what acts on the answers to its calls: each of them, and of those below it, rejects with
 * {@link MalformedAnswer} where the answer is none of LXD or Incus. A user's own paths hand out whatever comes.
 */
export function checkedPath(path: ApiPath): Path {
  return pathTo({ ...contextOf(path), checkAnswer: checkForm }, String(path))
}

/**
 * The checked path for a URL in an answer.
 *
 * @throws {MalformedAnswer} it is no URL of the server that gave it
 */
export function pathIn(result: APIResult, url: unknown): Path {
  const { caller, path } = placeIn(contextOf(result.api), result, url)
  return pathTo({ ...caller, checkAnswer: checkForm }, path)
}

/**
 * The checked path of the operation that a call started.
 *
 * @throws {MalformedAnswer} it started none
 */
export function operationIn(started: APIResult): Path {
  const { data } = started
  return pathIn(started, isEnvelope(data) ? data.operation : undefined)
}
