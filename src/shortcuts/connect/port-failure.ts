import { isError } from '../../common/is-error.ts'
import { APIException, APIPortException, type ExceptionDetails } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { requestOf } from '../shared/request-of.ts'
import { CONNECTED } from './commands.ts'
import { describeTarget, type Target } from './target.ts'

/** Why a connection failed: the code as Node.js names it, and its words. */
interface Cause {
  readonly code: string
  readonly text: string
}

const BROKEN: Cause = { code: 'ECONNRESET', text: 'the connection broke' }
// The words of the C library, which programs in any instance and the servers pass on.
const CAUSES: readonly (readonly [RegExp, Cause])[] = [
  [/connection refused/i, { code: 'ECONNREFUSED', text: 'nothing listens there' }],
  [/connection reset|broken pipe/i, BROKEN],
  [/timed out/i, { code: 'ETIMEDOUT', text: 'nothing answers there' }],
  [/no route to host/i, { code: 'EHOSTUNREACH', text: 'there is no route to that address' }],
  [/network is unreachable/i, { code: 'ENETUNREACH', text: 'there is no route to that network' }],
  [/cannot assign requested/i, { code: 'EADDRNOTAVAIL', text: 'the instance has no address of that family' }],
]
// What Node.js says of connections that end before they should.
const BREAKS: ReadonlySet<unknown> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
])

/** The exception for a command that could not connect, or whose connection broke, with what it printed. */
export function commandFailure(instance: Path, target: Target, printed: string): APIPortException {
  const cause = findCause(printed) ?? (CONNECTED.test(printed) ? BROKEN : undefined)
  const text = cause?.text ?? (lastLineOf(printed) || 'there is no connection')
  return exception({ request: requestOf(instance.exec, 'POST') }, target, text, cause?.code)
}

/** The exception for a server that could not connect; any other error stays what it is. */
export function serverFailure(error: unknown, target: Target): unknown {
  if (!(error instanceof APIException) || error.result === undefined) return error
  const cause = findCause(error.error)
  return cause === undefined
    ? error
    : exception(
        { request: error.request, result: error.result, cause: error },
        target,
        cause.text,
        cause.code,
      )
}

/** The exception for a connection of a server that broke; any other error stays what it is. */
export function serverBreak(error: unknown, instance: Path, target: Target): unknown {
  if (!(isError(error) && 'code' in error) || !BREAKS.has(error.code)) return error
  const request = requestOf(instance['port-forward'], 'POST')
  return exception({ request, cause: error }, target, BROKEN.text, BROKEN.code)
}

function findCause(words: string): Cause | undefined {
  return CAUSES.find(([pattern]) => pattern.test(words))?.[1]
}

function exception(
  details: Omit<ExceptionDetails, 'error'>,
  target: Target,
  text: string,
  code: string | undefined,
): APIPortException {
  return new APIPortException(
    { ...details, error: `${describeTarget(target)} in the instance: ${text}` },
    code,
  )
}

// Without what is no error: that of being connected, and the notices of socat, which are marked with a letter.
function lastLineOf(printed: string): string {
  const lines = printed
    .split('\n')
    .filter(line => line.trim() !== '' && !NOTICE.test(line) && !CONNECTED.test(line))
  return lines.at(-1)?.trim() ?? ''
}

const NOTICE = / socat\[\d+\] [NIWD] /
