import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The files of the unit tests, seen from the project's folder. */
export function listUnitTests(): string[] {
  return readdirSync(import.meta.dirname)
    .filter(name => name.endsWith('.test.ts'))
    .map(name => join('test', name))
}
