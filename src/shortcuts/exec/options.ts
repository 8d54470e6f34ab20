import type { Body } from '../../request/options.ts'
import { checkId, checkInteger } from '../shared/integers.ts'

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

/** The size of a terminal that nobody gave a size. */
export const DEFAULT_TERMINAL_SIZE: TerminalSize = { columns: 80, rows: 24 }
/** The most columns or rows: the kernel keeps both as unsigned 16-bit integers. */
export const MAX_TERMINAL_SIZE = 2 ** 16 - 1

/**
 * Rejects what is no size of a terminal, which a server would ignore.
 *
 * @throws {TypeError} columns or rows are not integers from 0 to 65535
 */
export function checkTerminalSize({ columns, rows }: TerminalSize, call: string): void {
  checkInteger(`${call}: columns`, columns, MAX_TERMINAL_SIZE)
  checkInteger(`${call}: rows`, rows, MAX_TERMINAL_SIZE)
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
