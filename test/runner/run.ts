import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { ALL_NEEDS, installMissing, missingNeeds, NEEDS, serversUnderTest } from '../daemon/index.ts'
import { listTests, listUnitTests, needsServers } from './list-tests.ts'
import { reporterArguments } from './reporters.ts'

// In milliseconds, for one test or file: what hangs is to fail, and not to keep a machine busy until somebody looks.
const TIMEOUT = '--test-timeout=900000'

// Runs the tests: all of `npm test`, those of a folder, or those whose path contains one of the given words.
const { folder, isEveryTransport, words } = readArguments(process.argv.slice(2))
const all = listAll(folder)
const files = all.filter(file => words.length === 0 || words.some(word => file.includes(word)))

if (files.length === 0) {
  console.error(`No test file matches ${words.join(' ')}`)
  process.exit(1)
}
if (files.some(needsServers)) prepareServers()
const { status } = spawnSync(
  process.execPath,
  ['--import', 'tsx', '--test', '--test-concurrency=3', TIMEOUT, ...reporterArguments(), ...files],
  { stdio: 'inherit', env: { ...process.env, LXDAPI_TEST_EVERY_TRANSPORT: String(isEveryTransport) } },
)
process.exitCode = status ?? 1

// `npm test -- word`, `npm test -- --every-transport`, `npm run test:long`
function readArguments(args: string[]): { folder?: string; isEveryTransport: boolean; words: string[] } {
  const options = { folder: { type: 'string' }, 'every-transport': { type: 'boolean' } } as const
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  return { folder: values.folder, isEveryTransport: values['every-transport'] === true, words: positionals }
}

function listAll(folder: string | undefined): string[] {
  if (folder === undefined) return [...listUnitTests(), ...listTests('integration')]
  return folder === '.' ? listUnitTests() : listTests(folder)
}

function prepareServers(): void {
  const needs = folder === 'long' ? ALL_NEEDS : NEEDS
  installMissing(needs)
  for (const { label, missing } of serversUnderTest())
    if (missing === undefined) console.log(`Testing with ${label}`)
  for (const { title, reason } of missingNeeds(needs)) console.log(`Testing without ${title}: ${reason}`)
}
