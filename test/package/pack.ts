import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const project = resolve(import.meta.dirname, '../..')

/** The installed packages of this repository. */
export const modules = join(project, 'node_modules')

/**
 * Packs the library as `npm publish` does, and returns the path of the tarball, beside the folder `copy`.
 *
 * It is built from a copy, so that neither an old build is packed nor a build of somebody else disturbed.
 */
export async function pack(copy: string): Promise<string> {
  mkdirSync(copy)
  for (const name of ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'rollup.config.js', 'LICENSE'])
    cpSync(join(project, name), join(copy, name))
  for (const name of ['src', 'docs', 'README.md', 'CHANGELOG.md'])
    cpSync(join(project, name), join(copy, name), { recursive: true })
  symlinkSync(modules, join(copy, 'node_modules'))
  await run('npm', ['pack', '--silent', '--pack-destination', dirname(copy)], { cwd: copy }).catch(
    failWithOutput,
  )
  const [tarball] = readdirSync(dirname(copy)).filter(name => name.endsWith('.tgz'))
  return join(dirname(copy), String(tarball))
}

/** Makes a project with the library of a tarball as `npm install` would, with what is here already; returns its folder. */
export async function installFor(user: string, tarball: string): Promise<string> {
  const library = join(user, 'node_modules/lxdapi')
  mkdirSync(library, { recursive: true })
  await run('tar', ['-xzf', tarball, '-C', library, '--strip-components=1'])
  mkdirSync(join(user, 'node_modules/@types'))
  for (const name of ['undici', 'debug', 'yaml', '@types/node'])
    symlinkSync(join(modules, name), join(user, 'node_modules', name))
  return user
}

/** Fails with what a program has printed. */
export function failWithOutput(error: { stdout: string; stderr: string }): never {
  assert.fail(`${error}\n${error.stdout}${error.stderr}`)
}
