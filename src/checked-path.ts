import { isEnvelope } from './answer/envelope.ts'
import { checkForm } from './answer/form.ts'
import { placeIn } from './client/caller.ts'
import { type ApiPath, contextOf, type Path, pathTo } from './path.ts'
import type { APIResult } from './result.ts'

/**
 * The same path with checked answers: calls on it and below it reject with {@link MalformedAnswer} if the answer is not
 * one of LXD or Incus. A user's own paths return any answer.
 */
export function checkedPath(path: ApiPath): Path {
  return pathTo({ ...contextOf(path), checkAnswer: checkForm }, String(path))
}

/**
 * The checked path for a URL in an answer.
 *
 * @throws {MalformedAnswer} it is not a URL of the server that sent it
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
