import type { Progress } from '../../operations/progress.ts'
import { contextOf, type Path } from '../../path.ts'
import type { QueryValue } from '../../request/options.ts'
import { checkNames } from '../../request/options.ts'
import type { Fields } from '../shared/fields.ts'
import { CHANGE_OPTIONS, type ChangeOptions } from '../shared/limits.ts'

/** Options of copying an instance or a volume. */
export interface CopyOptions extends ChangeOptions {
  /** Whether snapshots are copied too; they are unless this is `false`. */
  readonly snapshots?: boolean
  /** Whether an existing copy is updated from the original; by default it is left unchanged. */
  readonly refresh?: boolean
  /** Config keys of the copy, in addition to those of the original. */
  readonly config?: Fields
  /** Devices of the copy of an instance, in addition to those of the original. */
  readonly devices?: Fields
  /** Profiles of the copy of an instance, instead of those of the original. */
  readonly profiles?: readonly string[]
  /** Which of two servers connects to the other: by default the target, and as a fallback the source. */
  readonly mode?: 'pull' | 'push'
  /** Called with the progress, if the server allows access to its events; an error it throws ends the waiting. */
  readonly onProgress?: (progress: Progress) => void
}

/** Options of moving an instance or a volume. */
export type MoveOptions = Omit<CopyOptions, 'config' | 'devices' | 'profiles' | 'refresh'>

const MOVE_OPTIONS = [...CHANGE_OPTIONS, 'snapshots', 'mode', 'onProgress'] as const
const NAMES: Readonly<Record<'copy()' | 'move()', ReadonlySet<string>>> = {
  'copy()': new Set<keyof CopyOptions>([...MOVE_OPTIONS, 'refresh', 'config', 'devices', 'profiles']),
  'move()': new Set<keyof MoveOptions>(MOVE_OPTIONS),
}

/**
 * Rejects options that don't exist.
 *
 * @throws {TypeError} an option is unknown, or `mode` is neither `'pull'` nor `'push'`
 */
export function checkCopyOptions(options: CopyOptions, call: 'copy()' | 'move()'): void {
  checkNames(options, NAMES[call], call)
  if (![undefined, 'pull', 'push'].includes(options.mode))
    throw new TypeError(`${call}: mode must be 'pull' or 'push', not ${String(options.mode)}`)
}

/** Whether two paths are on one server. */
export function isSameServer(one: Path, other: Path): boolean {
  const [client, otherClient] = [contextOf(one).client, contextOf(other).client]
  return client === otherClient || client.origin === otherClient.origin
}

/** A query parameter that all calls on a path have, such as `project` and `target`. */
export function queryOf(path: Path, name: string): QueryValue {
  return contextOf(path).defaults.query?.[name]
}

/** The project that a path is in. */
export function projectOf(path: Path): QueryValue {
  return queryOf(path, 'project') ?? 'default'
}
