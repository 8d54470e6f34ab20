import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { isEnvelope } from '../answer/envelope.ts'
import { redact, redactText } from '../redact/redact.ts'
import type { APIResult } from '../result.ts'
import { APIException } from './exceptions.ts'

// Characters of an answer that an exception shows, and those that are searched for secrets before.
const MAX_SHOWN = 200
const MAX_READ = 4096

/**
 * An answer that the servers never give to what was asked, such as the log-in page of a captive portal: the server said
 * neither yes nor no. For scripts it is an {@link APIException} like any other.
 */
export class MalformedAnswer extends APIException {
  declare readonly result: APIResult

  constructor(result: APIResult, error: string) {
    super({ request: result.request, result, error })
  }
}

/** The exception for an answer with a problem, which it shows; `start` is the beginning of one that is no JSON. */
export function malformed(result: APIResult, problem: string, start = startOf(result.data)): MalformedAnswer {
  const { statusCode, headers } = result.response
  const type = headers['content-type'] ?? 'no content type'
  return new MalformedAnswer(result, `${problem}: HTTP ${statusCode}, ${type}, ${start}`)
}

/**
 * The result itself, if it has the form of an answer of LXD or Incus: an envelope, or a file where one was read. What
 * `HEAD` tells is in the headers, which whoever reads them has to judge.
 *
 * @throws {MalformedAnswer} it has another form, which its message shows
 */
export async function checkForm(result: APIResult): Promise<APIResult> {
  if (hasForm(result)) return result
  const start = result.body && (await readStart(result.body))
  throw malformed(result, 'The answer is not one of LXD or Incus', start)
}

/** Whether an answer is a file, and not a page that somebody else put in its place. */
export function isFile(headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type'] ?? ''
  return (
    'x-lxd-type' in headers ||
    'content-disposition' in headers ||
    /^(application\/octet-stream|multipart\/form-data)\b/i.test(type)
  )
}

function hasForm({ request, response, data, body }: APIResult): boolean {
  if (request.method === 'HEAD') return true
  if (body === undefined) return isEnvelope(data)
  return request.method === 'GET' && isFile(response.headers)
}

function startOf(data: unknown): string {
  if (data === undefined) return 'without content'
  try {
    return shorten(typeof data === 'string' ? redactText(data) : JSON.stringify(redact(data)))
  } catch {
    return 'nested too deeply to be shown'
  }
}

async function readStart(body: Readable): Promise<string> {
  let text = ''
  try {
    for await (const chunk of body) {
      text += String(chunk)
      if (text.length >= MAX_READ) break
    }
  } catch {
    // What there is of it will do.
  }
  return text === '' ? 'without content' : shorten(redactText(text))
}

function shorten(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`
}
