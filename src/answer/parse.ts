import { isJson } from '../request/headers.ts'
import type { APIRequest } from '../request/request.ts'
import type { ReceivedAnswer } from './handler.ts'

const WITHOUT_BODY: ReadonlySet<number> = new Set([101, 204, 205, 304])

/**
 * The JSON document of an answer, or the text of an error that is none; `undefined` where there is neither.
 *
 * @throws {SyntaxError} on a document that is cut short or broken
 */
export function readData({ method }: APIRequest, { response, text, body }: ReceivedAnswer): unknown {
  const { statusCode, headers } = response
  if (body !== undefined || method === 'HEAD' || WITHOUT_BODY.has(statusCode)) return undefined
  if (!isJson(headers)) return text
  try {
    return JSON.parse(text)
  } catch (error) {
    // What a proxy puts around its own errors is not worth an error of its own.
    if (statusCode >= 300) return text
    throw error
  }
}
