import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

// Found from where npm runs scripts, since the benches run a compiled copy of this file.
const CACHE = resolve('node_modules/.cache/lxdapi')

/** What of a package is installed besides its dependencies. */
export interface InstallOptions {
  /** Whether its optional dependencies are installed: mostly compiled parts, for this platform. */
  readonly hasOptional?: boolean
}

/**
 * The folder of a package of the registry, fetched the first time it is asked for.
 *
 * For what only a bench or a rare test needs, and is too big for everybody's `npm install`.
 */
export function installPackage(
  name: string,
  version: string,
  { hasOptional = false }: InstallOptions = {},
): string {
  const folder = join(CACHE, `${name}@${version}`)
  const installed = join(folder, 'node_modules', name)
  if (existsSync(installed)) return installed
  const partial = `${folder}.${process.pid}`
  mkdirSync(partial, { recursive: true })
  try {
    // Its install scripts compile what is not needed here, and so do most optional parts.
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    const omitted = hasOptional ? [] : ['--omit=optional']
    execFileSync('npm', ['install', '--prefix', partial, ...options, ...omitted, `${name}@${version}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    renameSync(partial, folder)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  return installed
}
