import { existsSync, readFileSync } from 'node:fs'
import module from 'node:module'
import type * as Yaml from 'yaml'
import { isRecord } from '../common/is-record.ts'

/** What a `config.yml` of `lxc` or `incus` says. */
export interface ConfigFile {
  readonly defaultRemote: string | undefined
  /** What is said of each remote, by name. */
  readonly remotes: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/**
 * Reads a `config.yml`; `undefined` where there is none.
 *
 * @throws {Error} it can't be read, or the package `yaml` is not there
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
    // So does the error itself, which is no cause therefore: there may be a password in an address.
    const problem = error instanceof YAMLParseError ? describe(error) : 'it contradicts itself'
    throw new Error(`${path} is not YAML that can be read: ${problem}`)
  }
}

function describe({ code, linePos }: Yaml.YAMLParseError): string {
  const place = linePos?.[0]
  return place === undefined ? code : `${code} in line ${place.line}, column ${place.col}`
}

// Only who has remotes read needs it, so it is not a dependency of everybody.
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
    // Bundlers see this call, and take the package into the bundle. Where nothing is bundled, there is no `require` here.
    return require('yaml')
  } catch {
    return module.createRequire(import.meta.url)('yaml')
  }
}
