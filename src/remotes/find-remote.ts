import type { Program } from '../connection/config-folders.ts'
import { describeBuiltIn, listRemotes, type Remote, remotesOf } from './remotes.ts'

/**
 * Finds a remote by its name, or by `incus:name` if both programs have one; without a name, the default remote.
 *
 * @throws {Error} there is none, there are two, or it can't be used
 */
export function findRemote(name: string | undefined, environment: NodeJS.ProcessEnv): Remote {
  const found = pickRemote(listRemotes(environment), name)
  checkUsable(found)
  return found
}

/**
 * Checks that a remote is a server that this library can call.
 *
 * @throws {Error} it is not
 */
export function checkUsable(remote: Remote): void {
  if (remote.problem !== undefined) throw new Error(`The remote ${nameOf(remote)} ${remote.problem}`)
}

/**
 * Finds a remote that images come from, which may be an image server or a registry: of one program, whether or not that
 * has a configuration, or else as {@link findRemote} does.
 *
 * @throws {Error} there is none, or there are two
 */
export function findImageRemote(
  name: string,
  environment: NodeJS.ProcessEnv,
  program?: Program['name'],
): Remote {
  // It needs no configuration, which takes a package to read.
  const fixed = program === 'lxc' && describeBuiltIn('lxc').find(remote => remote.name === name)
  if (fixed) return fixed
  if (program === undefined || name.includes(':')) return pickRemote(listRemotes(environment), name)
  return pickRemote(remotesOf(program, environment), name)
}

function pickRemote(remotes: readonly Remote[], name: string | undefined): Remote {
  const [found, other] = remotes.filter(remote =>
    name === undefined ? remote.isDefault : isNamed(remote, name),
  )
  const shown = name ?? 'of the name that is set as the default'
  if (found === undefined)
    throw new Error(`There is no remote ${shown}; there are ${remotes.map(nameOf).join(', ')}`)
  if (other !== undefined)
    throw new Error(`There are two remotes ${shown}: say ${nameOf(found)} or ${nameOf(other)}`)
  return found
}

function isNamed(remote: Remote, name: string): boolean {
  return remote.name === name || nameOf(remote) === name
}

/** Returns the name that is a remote's own even if both programs have one of that name. */
export function nameOf({ program, name }: Remote): string {
  return program === undefined ? name : `${program}:${name}`
}
