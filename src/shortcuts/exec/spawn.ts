import { Readable } from 'node:stream'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { APIResult } from '../../result.ts'
import { APIWebSocketStream } from '../../websocket/stream.ts'
import { type InstancePath, instanceAt } from '../shared/item-path.ts'
import { waitForExit } from './exit.ts'
import { openSockets, openTerminal } from './operation-sockets.ts'
import {
  COMMAND_OPTIONS,
  type CommandOptions,
  checkTerminalSize,
  DEFAULT_TERMINAL_SIZE,
  execBody,
  type TerminalSize,
} from './options.ts'
import { InstanceProcess } from './process.ts'
import { limitStarting } from './start-limit.ts'

/** Options of {@link spawn}. */
export interface SpawnOptions extends CommandOptions {
  /**
   * Whether the command gets a terminal, and its size; 80 columns and 24 rows by default. To end its input, write what
   * Ctrl-D sends, `\x04`: ending the stream does not reach the command. Destroying the stream sends it `SIGHUP`.
   */
  readonly terminal?: boolean | TerminalSize
}

const SPAWN_OPTIONS: ReadonlySet<string> = new Set<keyof SpawnOptions>([...COMMAND_OPTIONS, 'terminal'])

/**
 * Starts a command in an instance, as `child_process.spawn()` does on this machine; no shell is involved.
 *
 * Resolves once it has started. While nobody reads its output, the command is blocked. Errors of its streams without a
 * listener are ignored: `exited`, iterators and pipelines still reject with them. Closing the API kills the command.
 *
 * @throws {APIException} the instance does not run, or the server can't start the command
 * @example
 * const build = await spawn(api.instances.web, ['make', '-C', '/srv'])
 * build.stdout.pipe(process.stdout)
 * build.stderr.pipe(process.stderr)
 * console.log(await build.exited)
 */
export async function spawn(
  instance: InstancePath,
  command: readonly string[],
  options: SpawnOptions = {},
): Promise<InstanceProcess> {
  checkNames(options, SPAWN_OPTIONS, 'spawn()')
  return spawnAt(instanceAt(instance, 'spawn()'), command, options)
}

/** Starts a command, given the checked path of an instance. */
export async function spawnAt(
  instance: Path,
  command: readonly string[],
  options: SpawnOptions,
): Promise<InstanceProcess> {
  const { terminal = false, signal } = options
  const size = terminal === true ? DEFAULT_TERMINAL_SIZE : terminal
  if (size) checkTerminalSize(size, 'spawn(): terminal')
  const form = {
    'wait-for-websocket': true,
    ...(size && { interactive: true, width: size.columns, height: size.rows }),
  }
  return limitStarting(instance, signal, async () => {
    const started = await instance.exec.post(execBody(command, options, form), { signal })
    const attach = size ? attachTerminal : attachStreams
    return attach(
      started,
      signal,
      async () => (await waitForExit(started, instance, command, options)).return,
    )
  })
}

type ExitCode = () => Promise<number>

async function attachStreams(
  started: APIResult,
  signal: AbortSignal | undefined,
  exitCode: ExitCode,
): Promise<InstanceProcess> {
  const sockets = await openSockets(started, ['0', '1', '2'], signal)
  const streams = {
    stdin: new APIWebSocketStream(sockets[0], { readable: false }),
    stdout: new APIWebSocketStream(sockets[1], { writable: false }),
    stderr: new APIWebSocketStream(sockets[2], { writable: false }),
  }
  return new InstanceProcess(streams, sockets.control, exitCode())
}

async function attachTerminal(
  started: APIResult,
  signal: AbortSignal | undefined,
  exitCode: ExitCode,
): Promise<InstanceProcess> {
  const sockets = await openTerminal(started, signal)
  const terminal = new APIWebSocketStream(sockets[0])
  const streams = { stdin: terminal, stdout: terminal, stderr: Readable.from([]) }
  const child = new InstanceProcess(streams, sockets.control, exitCode())
  terminal.once('close', () => {
    if (sockets[0].readyState === sockets[0].OPEN) child.kill('SIGHUP')
  })
  return child
}
