import { Answer } from '../answer/answer.ts'
import type { APINotFoundException } from '../errors/exceptions.ts'
import { memoryOf } from '../events/memory.ts'
import { parseFromRoot } from '../request/url.ts'

/**
 * The result of an operation that its server forgot, from an event; the transaction is that of the event stream.
 *
 * @throws {APINotFoundException} the given one, if there was no event
 */
export function recallOperation(client: object, url: string, error: APINotFoundException): Answer {
  const seen = memoryOf(client).recall(operationId(url))
  if (seen === undefined) throw error
  const { request, response } = seen.opening
  return new Answer(request, response, { type: 'sync', metadata: seen.operation }).validate()
}

/** The id in the URL of an operation, which may have a query string. */
export function operationId(url: string): string {
  return parseFromRoot(url)?.pathname.split('/').at(-1) ?? ''
}
