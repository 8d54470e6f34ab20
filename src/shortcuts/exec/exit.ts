import { isRecord } from '../../answer/envelope.ts'
import { numberIn, objectIn } from '../../answer/metadata.ts'
import { APIException, APIOperationException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import type { CommandOptions } from './options.ts'

/** The exit of a command, as its operation reports it. */
export interface ExecExit {
  readonly return: number
  /** The URLs of recorded output, by file descriptor. */
  readonly output?: unknown
}

// The servers' default search path for commands.
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
// As in shells: of a command that can't be executed, and of one that can't be found.
const NOT_STARTED: ReadonlySet<unknown> = new Set([126, 127])

/**
 * Waits for a command to end; resolves with its exit.
 *
 * The servers let the operation fail on every exit status of 126 and 127, as if the command could not be started. Where
 * an executable file is found, the status is the command's own.
 */
export async function waitForExit(
  started: APIResult,
  instance: Path,
  command: readonly string[],
  { signal, environment }: CommandOptions,
): Promise<ExecExit> {
  try {
    const ended = await started.wait({ signal })
    return { ...objectIn(ended, 'metadata'), return: numberIn(ended, 'metadata', 'return') }
  } catch (error) {
    const end = error instanceof APIOperationException ? error.operation?.metadata : undefined
    if (!isRecord(end) || !NOT_STARTED.has(end.return)) throw error
    const candidates = candidatePaths(command[0] ?? '', environment?.PATH ?? PATH)
    const found = await Promise.all(candidates.map(path => isExecutable(instance, path)))
    if (!found.includes(true)) throw error
    // Safe cast: it is one of NOT_STARTED.
    return { ...end, return: end.return as number }
  }
}

function candidatePaths(program: string, path: string): readonly string[] {
  return program.includes('/') ? [program] : path.split(':').map(folder => `${folder}/${program}`)
}

async function isExecutable(instance: Path, path: string): Promise<boolean> {
  try {
    const { response } = await instance.files.head({ query: { path } })
    return (Number.parseInt(String(response.headers['x-lxd-mode']), 8) & 0o111) !== 0
  } catch (error) {
    if (error instanceof APIException) return false
    throw error
  }
}
