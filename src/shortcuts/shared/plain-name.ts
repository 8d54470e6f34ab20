import { sep } from 'node:path'

/** Whether a value from a server is safe as exactly one segment of a path. */
export function isPlainName(name: unknown): name is string {
  if (typeof name !== 'string' || ['', '.', '..'].includes(name)) return false
  return name.isWellFormed() && !/[/\0]/.test(name) && !name.includes(sep)
}
