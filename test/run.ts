import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { installMissing, missingNeeds, NEEDS, serversUnderTest } from './daemon/index.ts'
import { reporterArguments } from './reporters.ts'

/** Runs the tests: all that `npm test` has, those of a folder, or those whose path has one of the words given. */
const here = import.meta.dirname
// Whose tests want real servers.
const SERVER_FOLDERS = ['integration', 'long']
const [folders, words] = readArguments(process.argv.slice(2))
const files = folders
  .flatMap(folder => readdirSync(join(here, folder)).map(name => join(here, folder, name)))
  .filter(file => file.endsWith('.test.ts'))
  .map(file => relative(process.cwd(), file))
  .filter(file => words.length === 0 || words.some(word => file.includes(word)))
  .sort()

if (files.length === 0) {
  console.error(`No test file matches ${words.join(' ')}`)
  process.exit(1)
}
if (files.some(needsServers)) prepareServers()
const { status } = spawnSync(
  process.execPath,
  ['--import', 'tsx', '--test', '--test-concurrency=3', ...reporterArguments(), ...files],
  { stdio: 'inherit' },
)
process.exitCode = status ?? 1

// `npm test -- word`, `npm run test:long`
function readArguments(given: readonly string[]): [string[], string[]] {
  const isFolder = (word: string): boolean => word.startsWith('--folder=')
  const named = given.filter(isFolder).map(word => word.slice('--folder='.length))
  return [named.length > 0 ? named : ['.', 'integration'], given.filter(word => !isFolder(word))]
}

function needsServers(file: string): boolean {
  return SERVER_FOLDERS.some(folder => file.split(sep).includes(folder))
}

function prepareServers(): void {
  installMissing(NEEDS)
  for (const { label, missing } of serversUnderTest())
    if (missing === undefined) console.log(`Testing with ${label}`)
  for (const { title, reason } of missingNeeds()) console.log(`Testing without ${title}: ${reason}`)
}
