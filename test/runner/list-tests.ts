import { readdirSync } from 'node:fs'
import { join, sep } from 'node:path'

const TESTS = join(import.meta.dirname, '..')
// The folders of tests that need real servers.
const SERVER_FOLDERS: ReadonlySet<string> = new Set(['integration', 'long'])

/** Lists the test files of a folder below `test`, recursively, relative to the project. */
export function listTests(folder: string): string[] {
  return readdirSync(join(TESTS, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts'))
    .map(name => join('test', folder, name))
    .sort()
}

/** Lists the files of the unit tests, relative to the project. */
export function listUnitTests(): string[] {
  return listTests('.').filter(file => !needsServers(file))
}

/** Whether a test file needs real servers. */
export function needsServers(file: string): boolean {
  const [, folder = ''] = file.split(sep)
  return SERVER_FOLDERS.has(folder)
}
