import { APIException } from '../errors/exceptions.ts'

// Milliseconds that a server may take until it begins with what nobody waits for any more.
const MAX_AGE_MS = 5000

/** When a POST to each URL last ended without an answer, by the client that sent it. */
const posts = new WeakMap<object, Map<string, number>>()

/** Takes note of a POST that failed, if the server may carry it out all the same: it was aborted, or cut off. */
export function noteUnanswered(client: object, url: string, error: unknown): void {
  const isAnswered = error instanceof APIException && error.result !== undefined
  if (isAnswered || error instanceof TypeError) return
  const now = performance.now()
  const known = posts.get(client) ?? new Map<string, number>()
  for (const [other, time] of known) if (now - time > MAX_AGE_MS) known.delete(other)
  posts.set(client, known.set(url, now))
}

/** Whether a server may yet begin with a POST to a URL, which this client sent and got no answer to. */
export function mayBeCarriedOut(client: object, url: string): boolean {
  const time = posts.get(client)?.get(url)
  return time !== undefined && performance.now() - time <= MAX_AGE_MS
}
