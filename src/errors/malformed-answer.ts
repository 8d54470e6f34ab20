import { redact, redactText } from '../redact/redact.ts'
import type { APIAnswer } from '../request/transaction.ts'
import { APIException, type ExceptionDetails } from './exceptions.ts'

// Characters of an answer that an exception shows.
const MAX_SHOWN = 200

/**
 * An answer that the servers never give to the request, such as the log-in page of a captive portal: the result of the
 * request is unknown. To users it is an {@link APIException} like any other.
 */
export class MalformedAnswer extends APIException {
  declare readonly result: APIAnswer

  constructor(result: APIAnswer, error: string, notes?: readonly string[]) {
    super({ request: result.request, result, error, notes })
  }

  protected override copyWith({ notes }: Partial<ExceptionDetails>): APIException {
    return new MalformedAnswer(this.result, this.error, notes)
  }
}

/** The exception for a malformed answer, which it quotes; `start` is the beginning of one that is not JSON. */
export function malformed(result: APIAnswer, problem: string, start = startOf(result.data)): MalformedAnswer {
  const { statusCode, headers } = result.response
  const type = headers['content-type'] ?? 'no content type'
  return new MalformedAnswer(result, `${problem}: HTTP ${statusCode}, ${type}, ${start}`)
}

function startOf(data: unknown): string {
  if (data === undefined) return 'without content'
  try {
    return shorten(typeof data === 'string' ? redactText(data) : JSON.stringify(redact(data)))
  } catch {
    return 'nested too deeply to be shown'
  }
}

/** The beginning of a text, for a message. */
export function shorten(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`
}
