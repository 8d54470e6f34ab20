import type { Body } from '../../request/options.ts'
import { checkId } from '../shared/integers.ts'

/** Options of a command in an instance. */
export interface CommandOptions {
  /** Environment variables, in addition to those of the instance. */
  readonly environment?: Readonly<Record<string, string>>
  /** The working directory; the user's home by default. */
  readonly cwd?: string
  /** The numeric id of the user; root by default. */
  readonly user?: number
  /** The numeric id of the group; root's by default. */
  readonly group?: number
  /** Aborts the call, and kills the command if it is running. */
  readonly signal?: AbortSignal
}

/** The names of {@link CommandOptions}, for those who add to them. */
export const COMMAND_OPTIONS = ['environment', 'cwd', 'user', 'group', 'signal'] as const

/** The size of a terminal. */
export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/**
 * The body of the request that starts a command; `form` adds to it.
 *
 * @throws {TypeError} the user or the group is not an id, which JSON could turn into that of root
 */
export function execBody(
  command: readonly string[],
  { environment, cwd, user, group }: CommandOptions,
  form: Readonly<Record<string, unknown>>,
): Body {
  checkId('user', user)
  checkId('group', group)
  return { command, environment, cwd, user, group, ...form }
}
