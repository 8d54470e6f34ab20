import type { Progress } from '../../operations/progress.ts'
import { contextOf, type Path } from '../../path.ts'
import type { QueryValue } from '../../request/options.ts'
import { checkNames } from '../../request/options.ts'
import type { Fields } from '../shared/fields.ts'
import { CHANGE_OPTIONS, type ChangeOptions } from '../shared/limits.ts'

/** How an instance or a volume is copied, and what the copy is like. */
export interface CopyOptions extends ChangeOptions {
  /** Whether snapshots are copied too; they are unless this is `false`. */
  readonly snapshots?: boolean
  /** Whether a copy that exists is brought to what the original is now; without it, one that exists is left alone. */
  readonly refresh?: boolean
  /** Config keys that the copy gets besides those of the original. */
  readonly config?: Fields
  /** Devices that the copy of an instance gets besides those of the original. */
  readonly devices?: Fields
  /** Profiles that the copy of an instance gets instead of those of the original. */
  readonly profiles?: readonly string[]
  /** Which of two servers calls the other; unless given, the target calls, or where it can't, it is called. */
  readonly mode?: 'pull' | 'push'
  /** Receives how far the copy is, where the server grants its events; what it throws ends the waiting. */
  readonly onProgress?: (progress: Progress) => void
}

/** How an instance or a volume is moved. */
export type MoveOptions = Omit<CopyOptions, 'config' | 'devices' | 'profiles' | 'refresh'>

const MOVE_OPTIONS = [...CHANGE_OPTIONS, 'snapshots', 'mode', 'onProgress'] as const
const NAMES: Readonly<Record<'copy()' | 'move()', ReadonlySet<string>>> = {
  'copy()': new Set<keyof CopyOptions>([...MOVE_OPTIONS, 'refresh', 'config', 'devices', 'profiles']),
  'move()': new Set<keyof MoveOptions>(MOVE_OPTIONS),
}

/**
 * Rejects options that don't exist.
 *
 * @throws {TypeError} there is one, or `mode` is neither `'pull'` nor `'push'`
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
