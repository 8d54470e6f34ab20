import { malformed, shorten } from '../../errors/malformed-answer.ts'
import type { Path } from '../../path.ts'
import { redactText } from '../../redact/redact.ts'
import type { APIResult } from '../../result.ts'

const MAX_DOCUMENTS = 32
const NOT_MODIFIED = 304
// Characters that an exception's quotation is taken from.
const MAX_QUOTED = 4096

interface CachedDocument {
  readonly etag: string
  readonly content: unknown
}

// What was read of documents, by their URL and by what reads them; the one that was used last is last.
const cache = new Map<string, CachedDocument>()

/**
 * Reads a JSON document; one that this process has read before is not sent again unless it has changed.
 *
 * @param read what to keep of it
 * @throws {MalformedAnswer} it is not JSON
 */
export async function readCached<T>(
  path: Path,
  key: string,
  read: (document: unknown, result: APIResult) => T,
): Promise<T> {
  const known = cache.get(key)
  const result = await path.get({ headers: { 'If-None-Match': known?.etag } })
  if (known !== undefined && result.response.statusCode === NOT_MODIFIED) {
    remember(key, known)
    return known.content as T // Safe cast: the same function has read what has the same key.
  }
  const content = read(await parse(result), result)
  if (result.etag !== undefined) remember(key, { etag: result.etag, content })
  return content
}

function remember(key: string, document: CachedDocument): void {
  cache.delete(key)
  cache.set(key, document)
  const [oldest] = cache.keys()
  if (cache.size > MAX_DOCUMENTS && oldest !== undefined) cache.delete(oldest)
}

async function parse(result: APIResult): Promise<unknown> {
  if (result.body === undefined) return result.data
  const text = await result.text()
  try {
    return JSON.parse(text)
  } catch {
    // V8 quotes the document in its message.
    throw malformed(result, 'The answer is not JSON', shorten(redactText(text.slice(0, MAX_QUOTED))))
  }
}
