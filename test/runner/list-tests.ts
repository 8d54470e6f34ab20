import { readdirSync } from 'node:fs'
import { join, sep } from 'node:path'

const TESTS = join(import.meta.dirname, '..')
// Whose tests want real servers.
const SERVER_FOLDERS: ReadonlySet<string> = new Set(['integration', 'long'])

/** The test files of a folder below `test` and of those in it, seen from the project's folder. */
export function listTests(folder: string): string[] {
  return readdirSync(join(TESTS, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts'))
    .map(name => join('test', folder, name))
    .sort()
}

/** The files of the unit tests, seen from the project's folder. */
export function listUnitTests(): string[] {
  return listTests('.').filter(file => !needsServers(file))
}

/** Whether a test file wants real servers. */
export function needsServers(file: string): boolean {
  const [, folder = ''] = file.split(sep)
  return SERVER_FOLDERS.has(folder)
}
