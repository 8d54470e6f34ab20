import { prepareCall } from '../../client/caller.ts'
import { contextOf, type Path } from '../../path.ts'
import type { Method } from '../../request/call.ts'
import { APIRequest } from '../../request/request.ts'

/** The request of a method on a path, for an exception that no answer of a server stands behind. */
export function requestOf(path: Path, method: Method): APIRequest {
  const context = contextOf(path)
  return new APIRequest(context.client.origin, prepareCall(context, method, String(path)))
}
