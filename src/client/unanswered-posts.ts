import { isTypeError } from '../common/is-error.ts'
import { APIException } from '../errors/exceptions.ts'

// How long a server may take until it begins to carry out an aborted request.
const MAX_AGE_MS = 5000

/** The time of the last POST without an answer, by client and URL. */
const posts = new WeakMap<object, Map<string, number>>()

/** Records a POST that failed without an answer, since the server may still carry it out. */
export function noteUnanswered(client: object, url: string, error: unknown): void {
  const isAnswered = error instanceof APIException && error.result !== undefined
  if (isAnswered || isTypeError(error)) return
  const now = performance.now()
  const known = posts.get(client) ?? new Map<string, number>()
  for (const [other, time] of known) if (now - time > MAX_AGE_MS) known.delete(other)
  posts.set(client, known.set(url, now))
}

/** Whether a server may still carry out a POST to a URL that this client sent without getting an answer. */
export function mayBeCarriedOut(client: object, url: string): boolean {
  const time = posts.get(client)?.get(url)
  return time !== undefined && performance.now() - time <= MAX_AGE_MS
}
