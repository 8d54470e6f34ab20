import { existsSync, readFileSync } from 'node:fs'
import module from 'node:module'
import type * as Yaml from 'yaml'
import { isRecord } from '../common/is-record.ts'

/** The content of a `config.yml` of `lxc` or `incus`. */
export interface ConfigFile {
  readonly defaultRemote: string | undefined
  /** The fields of each remote, by name. */
  readonly remotes: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/**
 * Reads a `config.yml`; returns `undefined` if it does not exist.
 *
 * @throws {Error} it can't be read, or the package `yaml` is not installed
 */
export function readConfigFile(path: string): ConfigFile | undefined {
  if (!existsSync(path)) return undefined
  const config = parse(path, readFileSync(path, 'utf8'))
  const remotes = isRecord(config) && isRecord(config.remotes) ? config.remotes : {}
  const named = isRecord(config) ? config['default-remote'] : undefined
  return {
    defaultRemote: typeof named === 'string' && named !== '' ? named : undefined,
    remotes: Object.fromEntries(Object.entries(remotes).map(([name, remote]) => [name, asRecord(remote)])),
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {}
}

function parse(path: string, text: string): unknown {
  const { parse, YAMLParseError } = loadYaml()
  try {
    // Warnings quote the file.
    return parse(text, { logLevel: 'error' })
  } catch (error) {
    // So does the error, which is therefore no `cause`: an address may contain a password.
    const problem = error instanceof YAMLParseError ? describe(error) : 'it contradicts itself'
    throw new Error(`${path} is not YAML that can be read: ${problem}`)
  }
}

function describe({ code, linePos }: Yaml.YAMLParseError): string {
  const place = linePos?.[0]
  return place === undefined ? code : `${code} in line ${place.line}, column ${place.col}`
}

// Only remotes need it, so it is an optional peer dependency.
function loadYaml(): typeof Yaml {
  try {
    return requireYaml()
  } catch (cause) {
    throw new Error('Reading the remotes of lxc and incus takes the package yaml: npm install yaml', {
      cause,
    })
  }
}

function requireYaml(): typeof Yaml {
  try {
    // Bundlers include the package because of this call. Unbundled, an ES module has no `require`.
    return require('yaml')
  } catch {
    return module.createRequire(import.meta.url)('yaml')
  }
}
