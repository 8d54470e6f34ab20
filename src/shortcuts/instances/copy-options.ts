import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { type Fields, fieldsOf } from '../shared/fields.ts'
import { type ApiRoot, versionOf } from '../shared/resource.ts'

/** Where a copy goes, and what it is like. */
export interface CopyOptions {
  /** What it is called there; as the original unless given. */
  readonly name?: string
  /** The server it goes to, unless it stays on its own: `API.factory({ baseUrl: 'https://other:8443' })`. */
  readonly to?: ApiRoot
  /** The project it goes to. */
  readonly project?: string
  /** The cluster member it goes to. */
  readonly target?: string
  /** `false` leaves the snapshots behind. */
  readonly snapshots?: boolean
  /** Config keys that it gets besides those of the original. */
  readonly config?: Fields
  /** Devices that it gets besides those of the original. */
  readonly devices?: Fields
  /** Profiles that it gets instead of those of the original. */
  readonly profiles?: readonly string[]
  /** Which of two servers calls the other; unless given, the target calls, or where it can't, it is called. */
  readonly mode?: 'pull' | 'push'
  /** Change nothing, only tell whether anything would be changed. */
  readonly check?: boolean
}

/** The instances among which the copy is to be, and what it is called there. */
export function placeOf(api: ApiRoot, name: string, options: CopyOptions): Path {
  const { to = api, project } = options
  const version = versionOf(to)
  const there = project === undefined ? version : version.with({ query: { project } })
  return there.instances.path(options.name ?? name)
}

/** What POST is to be told of a copy; servers differ in what they take over by themselves, so it is everything. */
export function bodyOfCopy(
  original: APIResult,
  options: CopyOptions,
  isKept: (key: string) => boolean,
): Fields {
  const { name, architecture, config, devices, profiles, ephemeral, type } = original.metadata
  return {
    name: options.name ?? name,
    architecture,
    type,
    ephemeral,
    profiles: options.profiles ?? profiles,
    config: { ...keptConfig(config, isKept), ...options.config },
    devices: { ...fieldsOf(devices), ...options.devices },
  }
}

/** Of what a server keeps in mind of an instance, a copy on another server has only its origin. */
export function isKeptByCopy(key: string): boolean {
  return key === 'volatile.base_image'
}

/** What is moved stays the same for those who know it by its identity or its addresses. */
export function isKeptByMove(key: string): boolean {
  return /^volatile\.(base_image|uuid|cloud-init\.instance-id|.+\.hwaddr)$/.test(key)
}

function keptConfig(config: unknown, isKept: (key: string) => boolean): Fields {
  const kept = Object.entries(fieldsOf(config)).filter(([key]) => !key.startsWith('volatile.') || isKept(key))
  return Object.fromEntries(kept)
}
