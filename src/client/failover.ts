import type { Members } from '../connection/members.ts'
import type { Transport } from '../connection/transport.ts'
import { APIConnectionException, APIException, APITimeoutException } from '../errors/exceptions.ts'
import { failureOfExchange } from '../errors/failure.ts'
import { addAdvice } from '../errors/hints.ts'
import type { APIRequest } from '../request/request.ts'
import type { Trace } from '../trace/trace.ts'

/** One try to have a request answered by one server, and what is made of the answer. */
export interface Exchange<Answer, T> {
  send(request: APIRequest, transport: Transport): Promise<Answer>
  receive(request: APIRequest, answer: Answer): T
}

/**
 * Has a request answered by the server in use; where that one is gone, by the next one of a cluster.
 *
 * What may have been carried out is not sent again, unless it only reads.
 */
// What is thrown after an `await` in here shows who awaits the call, which a socket's event knows nothing of.
export async function deliver<Answer, T>(
  servers: Members,
  trace: Trace,
  asked: APIRequest,
  exchange: Exchange<Answer, T>,
): Promise<T> {
  let transport = servers.current
  for (
    let request = asked, tried: readonly Transport[] = [];
    ;
    request = request.withOrigin(transport.origin)
  ) {
    if (trace.isCurlEnabled) trace.sent(request, transport)
    try {
      return exchange.receive(request, await exchange.send(request, transport))
    } catch (error) {
      const failure = explain(request, trace, error)
      if (!isRepeatable(request, failure)) throw failure
      tried = [...tried, transport]
      const next = servers.failOver(tried)
      if (next === undefined) throw tellOthers(failure, tried)
      transport = next
    }
  }
}

// An exception that is one already has been traced as an answer.
function explain(request: APIRequest, trace: Trace, error: unknown): unknown {
  if (error instanceof APIException) return error
  const failure = failureOfExchange(request, error)
  if (trace.isEnabled) trace.failed(request, failure)
  return failure
}

function isRepeatable({ method, wasSent }: APIRequest, failure: unknown): boolean {
  const isRead = method === 'GET' || method === 'HEAD'
  if (failure instanceof APIConnectionException) return isRead || !wasSent
  if (failure instanceof APITimeoutException && !wasSent) return true
  return isRead && failure instanceof APIException && isLeaving(failure)
}

function tellOthers(failure: unknown, tried: readonly Transport[]): unknown {
  if (tried.length === 1 || !(failure instanceof Error)) return failure
  return addAdvice(failure, `as with all ${tried.length} servers; DEBUG=lxdapi shows each`)
}

// What a member answers while it shuts down or starts up.
function isLeaving({ statusCode, error }: APIException): boolean {
  return statusCode === 503 || (statusCode === 500 && error.includes('database is closed'))
}
