import type { APINotFoundException } from '../errors/exceptions.ts'
import { contextOf } from '../path.ts'
import { APIResult } from '../result.ts'

/**
 * The result of an operation that its server forgot, as an event told of it; the transaction is that of the event stream.
 *
 * @throws {APINotFoundException} the one given, where no event told
 */
export function recallOperation({ api }: APIResult, url: string, error: APINotFoundException): APIResult {
  const context = contextOf(api)
  const seen = context.client.operations.recall(operationId(url))
  if (seen === undefined) throw error
  const { request, response } = seen.stream
  return new APIResult(context, request, response, { type: 'sync', metadata: seen.operation }).validate()
}

/** The id in the URL of an operation, which may have a query string. */
export function operationId(url: string): string {
  return new URL(url, 'http://localhost').pathname.split('/').at(-1) ?? ''
}
