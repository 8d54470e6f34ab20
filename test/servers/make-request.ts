import { APIRequest, type Body } from '../../src/index.ts'
import { createCall, type Method } from '../../src/request/call.ts'
import type { MergedOptions } from '../../src/request/options.ts'

/** A request as a client makes it. */
export function makeRequest(
  origin: string,
  method: Method,
  path: string,
  body: Body | null | undefined,
  options: MergedOptions,
): APIRequest {
  return new APIRequest(origin, createCall(method, path, body, options))
}
