const CONFLICT = /\balready (exists|in use|in trust store|defined)\b|\bUNIQUE constraint\b/i

/**
 * Whether the words of a server say that a name, an address or the like is taken. No status tells it: it may be a 400,
 * a 409, a 500, or an operation that failed.
 */
export function isConflict(words: string): boolean {
  return CONFLICT.test(words)
}
