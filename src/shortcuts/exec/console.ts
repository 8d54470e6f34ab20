import type { Duplex } from 'node:stream'
import { destroyOnAbort, onAbort, type Signals } from '../../common/abort.ts'
import { type Path, withoutSignals } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import { APIWebSocketStream } from '../../websocket/stream.ts'
import type { APIWebSocket } from '../../websocket/websocket.ts'
import { type InstancePath, instanceAt } from '../shared/item-path.ts'
import { COMMON_OPTIONS, type CommonOptions, signalsOf, withLimits } from '../shared/limits.ts'
import { resizeMessage, sendControl } from './control.ts'
import { openSockets } from './operation-sockets.ts'
import { checkTerminalSize, DEFAULT_TERMINAL_SIZE, type TerminalSize } from './options.ts'

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
  constructor(data: APIWebSocket, control: APIWebSocket) {
    // LXD 5.0 writes to the data websocket once the control is closed. If it is still writing output there, it panics:
    // the whole daemon ends ("concurrent write to websocket connection"). So the control is closed last.
    data.awaitCloseFrame()
    control.terminateAfter(data)
    this.stream = new APIWebSocketStream(data)
    this.#control = control
  }

  /** Sends the new size of the terminal to the instance; returns whether it is still attached. */
  resize(size: TerminalSize): boolean {
    checkTerminalSize(size, 'resize()')
    return !this.stream.destroyed && sendControl(this.#control, resizeMessage(size))
  }

  /** Detaches from the console; the instance keeps running. */
  detach(): void {
    this.stream.destroy()
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
  const { size = DEFAULT_TERMINAL_SIZE } = options
  checkTerminalSize(size, 'attachConsole()')
  return withLimits(path, options, 'attachConsole()', async limit => {
    const attached = await unlessAborted(attach(withoutSignals(path), size), signalsOf(path, limit))
    destroyOnAbort(attached.stream, signalsOf(path, options.signal))
    return attached
  })
}

async function attach(instance: Path, { columns, rows }: TerminalSize): Promise<InstanceConsole> {
  const started = await instance.console.post({ type: 'console', width: columns, height: rows })
  const sockets = await openSockets(started, ['0'], undefined)
  return new InstanceConsole(sockets[0], sockets.control)
}

// LXD 5.0 waits forever for the websockets of a console that somebody gave up halfway, and lets nobody else attach: so
// attaching is always completed.
function unlessAborted(
  attaching: Promise<InstanceConsole>,
  signals: Signals | undefined,
): Promise<InstanceConsole> {
  return new Promise((resolve, reject) => {
    const removeAbortListener = onAbort(signals, reason => {
      reject(reason)
      attaching.then(
        attached => attached.detach(),
        () => {},
      )
    })
    attaching.then(resolve, reject).finally(removeAbortListener)
  })
}
