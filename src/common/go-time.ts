/** A time that is not set, as Go writes it. */
export const UNSET_TIME = '0001-01-01T00:00:00Z'

/** Parses a time; `undefined` for what is none, and for one that is not set. */
export function parseGoTime(value: string | number): Date | undefined {
  const date = new Date(value)
  return date.getTime() > 0 ? date : undefined
}
