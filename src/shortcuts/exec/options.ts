import type { Body } from '../../request/options.ts'
import { checkId } from '../shared/integers.ts'

/** How a command runs in an instance. */
export interface CommandOptions {
  /** Environment variables, besides those of the instance. */
  readonly environment?: Readonly<Record<string, string>>
  /** The folder to start in; the user's home without it. */
  readonly cwd?: string
  /** Numeric id of the user, root without it. */
  readonly user?: number
  /** Numeric id of the group, root's without it. */
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
 * The body that starts a command, with what a form of it adds.
 *
 * @throws {TypeError} the user or the group is none, which JSON would make that of root
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
