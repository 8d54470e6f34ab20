import type { Duplex } from 'node:stream'
import { checkNames } from '../../request/options.ts'
import { APIWebSocketStream } from '../../websocket/stream.ts'
import type { APIWebSocket } from '../../websocket/websocket.ts'
import { type InstancePath, instanceAt } from '../shared/item-path.ts'
import { COMMON_OPTIONS, type CommonOptions, withLimits } from '../shared/limits.ts'
import { resizeMessage, sendControl } from './control.ts'
import { openSockets } from './operation-sockets.ts'
import type { TerminalSize } from './options.ts'

/** Options of {@link attachConsole}. */
export interface ConsoleOptions extends CommonOptions {
  /** The size of the terminal; 80 columns and 24 rows by default. */
  readonly size?: TerminalSize
  /** Detaches, also after attaching. */
  readonly signal?: AbortSignal
  /** Seconds that attaching may take, then {@link APITimeoutException}. */
  readonly timeout?: number
}

const OPTIONS: ReadonlySet<string> = new Set<keyof ConsoleOptions>([...COMMON_OPTIONS, 'size'])

/** The console of an instance; see {@link attachConsole}. */
export class InstanceConsole {
  /** The output and the input of the console. It ends when the instance stops. */
  readonly stream: Duplex
  readonly #control: APIWebSocket

  /** @internal Consoles come from `attachConsole()`. */
  constructor(stream: Duplex, control: APIWebSocket) {
    this.stream = stream
    this.#control = control
    stream.once('close', () => control.terminate())
  }

  /** Sends the new size of the terminal to the instance; returns whether it is still attached. */
  resize(size: TerminalSize): boolean {
    return sendControl(this.#control, resizeMessage(size))
  }

  /** Detaches from the console; the instance keeps running. */
  detach(): void {
    this.stream.destroy()
    this.#control.terminate()
  }
}

/**
 * Attaches to the console of an instance; `api.instances[name].console.get()` reads its earlier output.
 *
 * @throws {APIException} the instance does not run, or somebody else is attached
 * @example
 * const { stream } = await attachConsole(api.instances.web)
 * stream.pipe(process.stdout)
 * stream.write('root\n')
 */
export async function attachConsole(
  instance: InstancePath,
  options: ConsoleOptions = {},
): Promise<InstanceConsole> {
  checkNames(options, OPTIONS, 'attachConsole()')
  const path = instanceAt(instance, 'attachConsole()')
  const { size = { columns: 80, rows: 24 }, signal } = options
  const body = { type: 'console', width: size.columns, height: size.rows }
  const sockets = await withLimits(path, { timeout: options.timeout }, 'attachConsole()', async () => {
    const started = await path.console.post(body, { signal })
    return openSockets(started, ['0'], signal)
  })
  return new InstanceConsole(new APIWebSocketStream(sockets[0]), sockets.control)
}
