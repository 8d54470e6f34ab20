const CONFLICT = /\balready (exists|in use|in trust store|defined)\b|\bUNIQUE constraint\b/i

/**
 * Whether a message of a server says that a name, an address or the like is taken. The status is ambiguous: it may be a
 * 400, a 409, a 500, or that of a failed operation.
 */
export function isConflict(words: string): boolean {
  return CONFLICT.test(words)
}
