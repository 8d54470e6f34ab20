import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { malformed, shorten } from '../errors/malformed-answer.ts'
import { redactText } from '../redact/redact.ts'
import type { APIAnswer } from '../request/transaction.ts'
import { isEnvelope } from './envelope.ts'

// Characters of an answer that are searched for secrets before an exception shows the first of them.
const MAX_READ = 4096

/** The content type of a file; also what a `POST` accepts that is to be answered by one. */
export const FILE_TYPE = 'application/octet-stream'

/**
 * Resolves with the answer itself, if it has the form of an answer of LXD or Incus: an envelope, or a file if one was
 * read. The headers of an answer to `HEAD` are validated where they are read.
 *
 * @throws {MalformedAnswer} it has another form, which its message shows
 */
export async function checkForm<Answer extends APIAnswer>(result: Answer): Promise<Answer> {
  if (hasForm(result)) return result
  const start = result.body && (await readStart(result.body))
  throw malformed(result, 'The answer is not one of LXD or Incus', start)
}

/** Whether an answer is a file, and not a page that a proxy sent instead. */
export function isFile(headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type'] ?? ''
  return (
    'x-lxd-type' in headers ||
    'content-disposition' in headers ||
    /^(application\/octet-stream|multipart\/form-data)\b/i.test(type)
  )
}

function hasForm({ request, response, data, body }: APIAnswer): boolean {
  if (request.method === 'HEAD') return true
  if (body === undefined) return isEnvelope(data)
  return (request.method === 'GET' || request.headers.accept === FILE_TYPE) && isFile(response.headers)
}

async function readStart(body: Readable): Promise<string> {
  let text = ''
  try {
    for await (const chunk of body) {
      text += String(chunk)
      if (text.length >= MAX_READ) break
    }
  } catch {
    // The part that has arrived is enough.
  }
  return text === '' ? 'without content' : shorten(redactText(text))
}
