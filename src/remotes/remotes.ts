import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { listPrograms, type Program } from '../connection/config-folders.ts'
import { printAs } from '../redact/print-as.ts'
import { redact } from '../redact/redact.ts'
import { type ConfigFile, readConfigFile } from './config-file.ts'

/** A remote of `lxc` or `incus`: a named server. */
export interface Remote {
  readonly name: string
  /** The program it is configured for; `undefined` for the local server if neither program has a configuration. */
  readonly program: 'lxc' | 'incus' | undefined
  /** `https://host:8443`, `unix://` for the local server, or `unix:///path/of/unix.socket`. */
  readonly address: string
  /** The project of its calls; `undefined` for the server's default. */
  readonly project: string | undefined
  /** `lxd`, `incus` or `simplestreams`. */
  readonly protocol: string
  /** How its users log in: by a certificate (`tls`) or by OpenID Connect (`oidc`). */
  readonly authType: string
  /** Whether it is only used for public images, which need no client certificate. */
  readonly isPublic: boolean
  /** Whether `API.remote()` without a name uses this one. */
  readonly isDefault: boolean
  /** Why `API.remote()` can't use it; `undefined` if it can. */
  readonly problem: string | undefined
  /** The folder of the configuration file it is from. */
  readonly folder: string | undefined
  /** The folder of the client's certificate. */
  readonly clientFolder: string | undefined
}

interface Configuration {
  readonly defaultRemote: string
  readonly isChosen: boolean
  readonly remotes: readonly Remote[]
}

const LOCAL = { addr: 'unix://' }
const PROTOCOLS = { lxc: 'lxd', incus: 'incus' } as const
const LOCAL_REMOTE: Remote = {
  name: 'local',
  program: undefined,
  address: LOCAL.addr,
  project: undefined,
  protocol: 'lxd',
  authType: 'tls',
  isPublic: false,
  isDefault: true,
  problem: undefined,
  folder: undefined,
  clientFolder: undefined,
}

/**
 * Lists the remotes of `lxc` and `incus`.
 *
 * @throws {Error} a configuration can't be read
 */
export function listRemotes(environment: NodeJS.ProcessEnv): readonly Remote[] {
  const known = listPrograms(environment).flatMap(program => readConfiguration(program, environment) ?? [])
  if (known.length === 0) return [LOCAL_REMOTE]
  const first = known.find(({ isChosen }) => isChosen) ?? known[0]
  return known.flatMap(configuration =>
    configuration.remotes.map(remote => {
      const isDefault = configuration === first && remote.name === configuration.defaultRemote
      return redactWhenPrinted({ ...remote, isDefault })
    }),
  )
}

// The address of an image server may contain a password.
function redactWhenPrinted(remote: Remote): Remote {
  return printAs(remote, one => redact({ ...one }))
}

/**
 * Finds a remote by its name, or by `incus:name` if both programs have one; without a name, the default remote.
 *
 * @throws {Error} there is none, there are two, or it can't be used
 */
export function findRemote(name: string | undefined, environment: NodeJS.ProcessEnv): Remote {
  const remotes = listRemotes(environment)
  const [found, other] = remotes.filter(remote =>
    name === undefined ? remote.isDefault : isNamed(remote, name),
  )
  const shown = name ?? 'of the name that is set as the default'
  if (found === undefined)
    throw new Error(`There is no remote ${shown}; there are ${remotes.map(nameOf).join(', ')}`)
  if (other !== undefined)
    throw new Error(`There are two remotes ${shown}: say ${nameOf(found)} or ${nameOf(other)}`)
  if (found.problem !== undefined) throw new Error(`The remote ${nameOf(found)} ${found.problem}`)
  return found
}

function readConfiguration(program: Program, environment: NodeJS.ProcessEnv): Configuration | undefined {
  const folder = program.folders.find(holdsConfig) ?? program.folders[0]
  const own = folder === undefined ? undefined : readConfigFile(join(folder, CONFIG_FILE))
  const global = readConfigFile(join(program.globalFolder, CONFIG_FILE))
  if (own === undefined && global === undefined) return undefined
  const chosen = environment[program.name === 'lxc' ? 'LXC_REMOTE' : 'INCUS_REMOTE']
  const place = { program: program.name, clientFolder: folder }
  const remotes = new Map([
    ['local', describe('local', LOCAL, { ...place, folder }, environment)],
    ...describeAll(global, { ...place, folder: program.globalFolder }, environment),
    ...describeAll(own, { ...place, folder }, environment),
  ])
  return {
    defaultRemote: chosen || own?.defaultRemote || global?.defaultRemote || 'local',
    isChosen: Boolean(chosen),
    remotes: [...remotes.values()],
  }
}

type Place = Pick<Remote, 'folder' | 'clientFolder'> & { readonly program: Program['name'] }

function describeAll(
  config: ConfigFile | undefined,
  place: Place,
  environment: NodeJS.ProcessEnv,
): [string, Remote][] {
  const remotes = Object.entries(config?.remotes ?? {})
  return remotes.map(([name, fields]) => [name, describe(name, fields, place, environment)])
}

function describe(
  name: string,
  fields: Readonly<Record<string, unknown>>,
  place: Place,
  environment: NodeJS.ProcessEnv,
): Remote {
  const overridden = place.program === 'incus' ? environment['INCUS_PROJECT'] : undefined
  const project = overridden || String(fields.project ?? '')
  const protocol = String(fields.protocol ?? PROTOCOLS[place.program])
  const authType = String(fields.auth_type || 'tls')
  return {
    ...place,
    name,
    address: String(fields.addr ?? ''),
    project: project === '' || project === 'default' ? undefined : project,
    protocol,
    authType,
    isPublic: fields.public === true,
    isDefault: false,
    problem: problemWith(protocol, authType),
  }
}

function problemWith(protocol: string, authType: string): string | undefined {
  if (protocol === 'simplestreams')
    return 'is an image server (simplestreams), which speaks no LXD or Incus API'
  if (authType !== 'tls' && authType !== 'oidc') {
    return `is logged in to by ${authType}, which lxdapi does not do: API.factory({ baseUrl, token }) takes a bearer token`
  }
  return undefined
}

const CONFIG_FILE = 'config.yml'

function holdsConfig(folder: string): boolean {
  return existsSync(join(folder, CONFIG_FILE))
}

function isNamed(remote: Remote, name: string): boolean {
  return remote.name === name || nameOf(remote) === name
}

function nameOf({ program, name }: Remote): string {
  return program === undefined ? name : `${program}:${name}`
}
