import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createTempFolder } from '../daemon/clean-up.ts'
import { missingNeeds } from '../daemon/index.ts'
import { installPackage } from '../package/install-package.ts'
import { listUnitTests } from './list-tests.ts'
import { runAndCount } from './run-and-count.ts'

// Runs the tests with the oldest and the newest undici that package.json allows, or with given versions:
// `npm run test:undici 7.0.0`. Of the tests with real servers, only those run whose calls depend on undici.

const PROJECT = join(import.meta.dirname, '../..')
const WITH_SERVERS = ['core', 'events', 'exec', 'files', 'remote', 'upgrade']
const NOT_COPIED = ['.git', 'dist', 'node_modules']

const wanted = process.argv.slice(2)
const files = [...listUnitTests(), ...listServerTests()]
const results = (wanted.length > 0 ? wanted : readBounds()).map(runWith)
process.exitCode = results.every(isPass => isPass) ? 0 : 1

function runWith(version: string): boolean {
  return runAndCount({ label: `undici ${version}`, files, cwd: copyWith(installPackage('undici', version)) })
}

function listServerTests(): string[] {
  const missing = missingNeeds(['lxd', 'incus'])
  for (const { title, reason } of missing) console.log(`Testing without ${title}: ${reason}`)
  return missing.length < 2 ? WITH_SERVERS.map(name => join('test/integration', `${name}.test.ts`)) : []
}

function readBounds(): string[] {
  const { dependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'))
  const range = dependencies.undici
  const versions = JSON.parse(
    execFileSync('npm', ['view', `undici@${range}`, 'version', '--json'], { encoding: 'utf8' }),
  )
  const sorted = [versions].flat().sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
  return [...new Set([sorted[0], sorted.at(-1)])]
}

/** Copies the project to a folder with the same packages except undici; returns the folder. */
function copyWith(undici: string): string {
  const copy = join(createTempFolder(), 'project')
  cpSync(PROJECT, copy, { recursive: true, filter: source => !NOT_COPIED.includes(basename(source)) })
  const modules = join(copy, 'node_modules')
  mkdirSync(modules)
  for (const name of readdirSync(join(PROJECT, 'node_modules')).filter(name => name !== 'undici'))
    symlinkSync(join(PROJECT, 'node_modules', name), join(modules, name))
  symlinkSync(undici, join(modules, 'undici'))
  return copy
}
