import { APIException, APIPortException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { requestOf } from '../shared/request-of.ts'
import { describeTarget, type Target } from './target.ts'

// The words of the C library, which programs in any instance and the servers pass on; the code as Node.js names it.
const CAUSES: readonly (readonly [RegExp, code: string, error: string])[] = [
  [/connection refused/i, 'ECONNREFUSED', 'nothing listens there'],
  [/connection reset|broken pipe/i, 'ECONNRESET', 'the connection was reset'],
  [/timed out/i, 'ETIMEDOUT', 'nothing answers there'],
  [/no route to host/i, 'EHOSTUNREACH', 'there is no route to that address'],
  [/network is unreachable/i, 'ENETUNREACH', 'there is no route to that network'],
  [/cannot assign requested address/i, 'EADDRNOTAVAIL', 'the instance has no address of that family'],
]

/** The exception for a connection that failed in the instance, with what the command printed. */
export function portFailure(instance: Path, target: Target, printed: string): APIPortException {
  const [, code, cause] = CAUSES.find(([pattern]) => pattern.test(printed)) ?? []
  const error = `${describeTarget(target)} in the instance: ${cause ?? (lastLineOf(printed) || 'the connection broke')}`
  return new APIPortException({ request: requestOf(instance.exec, 'POST'), error }, code)
}

/** The same failure as a server with `port-forward` reports it; any other error stays what it is. */
export function asPortFailure(error: unknown, target: Target): unknown {
  if (!(error instanceof APIException) || error.result === undefined) return error
  const found = CAUSES.find(([pattern]) => pattern.test(error.error))
  if (found === undefined) return error
  const { request, result } = error
  const details = {
    request,
    result,
    error: `${describeTarget(target)} in the instance: ${found[2]}`,
    cause: error,
  }
  return new APIPortException(details, found[1])
}

// socat marks notices and warnings with a letter, and ends with the notice that it exits.
function lastLineOf(printed: string): string {
  const lines = printed.split('\n').filter(line => line.trim() !== '' && !/ socat\[\d+\] [NIWD] /.test(line))
  return lines.at(-1)?.trim() ?? ''
}
