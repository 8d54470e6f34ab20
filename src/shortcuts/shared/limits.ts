import { addSignal, type Signals } from '../../common/abort.ts'
import { Deadline } from '../../common/deadline.ts'
import { APITimeoutException } from '../../errors/exceptions.ts'
import { contextOf, type Path } from '../../path.ts'
import { checkTimeout } from '../../request/options.ts'
import { requestOf } from './request-of.ts'

/** What every function above HTTP takes. */
export interface CommonOptions {
  /** Ends the function; it rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Seconds that the whole function may take, then {@link APITimeoutException}; without it, as long as it takes. */
  readonly timeout?: number
}

/** What every function takes that changes something. */
export interface ChangeOptions extends CommonOptions {
  /** Whether to change nothing and only tell what would be changed. */
  readonly check?: boolean
}

/** The names of {@link CommonOptions}, for those who add to them. */
export const COMMON_OPTIONS = ['signal', 'timeout'] as const
/** The names of {@link ChangeOptions}, for those who add to them. */
export const CHANGE_OPTIONS = [...COMMON_OPTIONS, 'check'] as const

/**
 * Runs a function with one signal, which aborts when the caller's does and when the time is over.
 *
 * @throws {APITimeoutException} the time was over
 */
export async function withLimits<T>(
  path: Path,
  { signal, timeout }: CommonOptions,
  call: string,
  run: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  checkTimeout(timeout, call)
  signal?.throwIfAborted()
  if (timeout === undefined) return run(signal)
  const deadline = new Deadline({ timeout, signal })
  try {
    return await run(deadline.signal)
  } catch (error) {
    throw deadline.isExpiry(error) ? tooLong(path, call, timeout) : error
  } finally {
    deadline.clear()
  }
}

/** The same with a path whose calls all have that signal. */
export function withLimitedPath<T>(
  path: Path,
  options: CommonOptions,
  call: string,
  run: (path: Path) => Promise<T>,
): Promise<T> {
  return withLimits(path, options, call, signal => run(withSignal(path, signal)))
}

/** The same path with a signal for all its calls, if there is one. */
export function withSignal(path: Path, signal: AbortSignal | undefined): Path {
  return signal === undefined ? path : path.with({ signal })
}

/** The signals of a path, and another one. */
export function signalsOf(path: Path, signal: AbortSignal | undefined): Signals | undefined {
  return addSignal(contextOf(path).defaults.signals, signal)
}

function tooLong(path: Path, call: string, timeout: number): APITimeoutException {
  const error = `${call} was not done within ${timeout} s`
  return new APITimeoutException({ request: requestOf(path, 'GET'), error })
}
