import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { listPrograms, type Program } from '../connection/config-folders.ts'
import { printAs } from '../redact/print-as.ts'
import { redact } from '../redact/redact.ts'
import { BUILT_IN_REMOTES } from './built-in.ts'
import { type ConfigFile, readConfigFile } from './config-file.ts'
import { programOnThisMachine } from './program.ts'

/** A remote of `lxc` or `incus`: a named server. */
export interface Remote {
  readonly name: string
  /** The program it is configured for; `undefined` for the local server if neither program has a configuration. */
  readonly program: 'lxc' | 'incus' | undefined
  /** `https://host:8443`, `unix://` for the local server, or `unix:///path/of/unix.socket`. */
  readonly address: string
  /** All its addresses, in the order in which they are tried; Incus 7.1 and newer may have several. */
  readonly addresses: readonly string[]
  /** The project of its calls; `undefined` for the server's default. */
  readonly project: string | undefined
  /** `lxd` or `incus`; `simplestreams` for an image server, `oci` for a registry of OCI images. */
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
  addresses: [LOCAL.addr],
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
 * Lists the remotes of `lxc` and `incus`, including those that they know without a configuration; where neither program
 * has one, those of the program whose server is on this machine.
 *
 * @throws {Error} a configuration can't be read
 */
export function listRemotes(environment: NodeJS.ProcessEnv): readonly Remote[] {
  const known = listPrograms(environment).flatMap(program => readConfiguration(program, environment) ?? [])
  if (known.length === 0) return [LOCAL_REMOTE, ...describeBuiltIn(programOnThisMachine(environment))]
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
 * Lists the remotes of one program, also where it has no configuration.
 *
 * @throws {Error} its configuration can't be read
 */
export function remotesOf(name: Program['name'], environment: NodeJS.ProcessEnv): readonly Remote[] {
  const program = listPrograms(environment).find(one => one.name === name)
  const configuration = program && readConfiguration(program, environment)
  return configuration?.remotes ?? [{ ...LOCAL_REMOTE, program: name }, ...describeBuiltIn(name)]
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
    ...builtInFor(program, own).map(remote => [remote.name, { ...remote, ...place }] as const),
  ])
  return {
    defaultRemote: chosen || own?.defaultRemote || global?.defaultRemote || 'local',
    isChosen: Boolean(chosen),
    remotes: [...remotes.values()],
  }
}

// Those of `lxc` can't be changed, and are not in its file; `incus` writes its own there, from which a user may remove it.
function builtInFor({ name }: Program, own: ConfigFile | undefined): readonly Remote[] {
  return name === 'lxc' || own === undefined ? describeBuiltIn(name) : []
}

/** The remotes, besides `local`, that a program knows without a configuration. */
export function describeBuiltIn(program: Program['name']): readonly Remote[] {
  const place = { program, folder: undefined, clientFolder: undefined }
  return Object.entries(BUILT_IN_REMOTES[program]).map(([name, fields]) => describe(name, fields, place, {}))
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
  const addresses = addressesIn(fields, place.program)
  const authType = String(fields.auth_type || 'tls')
  return {
    ...place,
    name,
    address: addresses[0] ?? '',
    addresses,
    project: project === '' || project === 'default' ? undefined : project,
    protocol,
    authType,
    isPublic: fields.public === true,
    isDefault: false,
    problem: problemWith(protocol, authType),
  }
}

// As `incus` tries them: from the one that has worked last.
function addressesIn(
  { addr, last_working_address: last }: Readonly<Record<string, unknown>>,
  program: Program['name'],
): readonly string[] {
  const text = String(addr ?? '')
  if (program === 'lxc') return [text]
  const all = text
    .split(',')
    .map(one => one.trim())
    .filter(one => one !== '')
  const first = Math.max(0, all.indexOf(String(last)))
  return [...all.slice(first), ...all.slice(0, first)]
}

const WITHOUT_API: Readonly<Record<string, string>> = {
  simplestreams: 'an image server (simplestreams)',
  oci: 'a registry of OCI images',
}

function problemWith(protocol: string, authType: string): string | undefined {
  const other = WITHOUT_API[protocol]
  if (other !== undefined) return `is ${other}, which speaks no LXD or Incus API`
  if (authType !== 'tls' && authType !== 'oidc') {
    return `is logged in to by ${authType}, which lxdapi does not do: API.factory({ baseUrl, token }) takes a bearer token`
  }
  return undefined
}

const CONFIG_FILE = 'config.yml'

function holdsConfig(folder: string): boolean {
  return existsSync(join(folder, CONFIG_FILE))
}
