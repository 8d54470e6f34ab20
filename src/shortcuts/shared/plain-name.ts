import { sep } from 'node:path'

/** Whether something that a server told can be one part of a path, and no more than that. */
export function isPlainName(name: unknown): name is string {
  if (typeof name !== 'string' || ['', '.', '..'].includes(name)) return false
  return name.isWellFormed() && !/[/\0]/.test(name) && !name.includes(sep)
}
