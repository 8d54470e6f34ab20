import type { Readable, Writable } from 'node:stream'
import type { APIWebSocket } from '../websocket/websocket.ts'
import { resizeMessage, sendControl } from './exec-control.ts'
import type { TerminalSize } from './exec-options.ts'
import { type LinuxSignal, signalNumber } from './linux-signal.ts'
import type { OperationSockets } from './operation-sockets.ts'

/** The standard streams of a command. */
export interface StandardStreams {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
}

type Outcome = { readonly exitCode: number } | { readonly error: unknown }

/** A command that runs in an instance; see {@link instanceSpawn}. */
export class InstanceProcess implements StandardStreams {
  /** What the command reads; end it to let the command see the end of it. */
  readonly stdin: Writable
  /** What the command writes; with a terminal, this and `stdin` are one `Duplex`, with all that appears on it. */
  readonly stdout: Readable
  /** What the command complains of; with a terminal, nothing. */
  readonly stderr: Readable
  readonly #control: APIWebSocket
  readonly #outcome: Promise<Outcome>

  /** @internal Processes come from `instanceSpawn()`. */
  constructor(
    { stdin, stdout, stderr }: StandardStreams,
    { control, ...others }: OperationSockets<string>,
    exitCode: Promise<number>,
  ) {
    this.stdin = stdin
    this.stdout = stdout
    this.stderr = stderr
    this.#control = control
    this.#outcome = exitCode.then(
      exitCode => {
        control.terminate()
        // Of a terminal, that is the output too.
        if (!('readable' in stdin && stdin.readable)) stdin.destroy()
        return { exitCode }
      },
      error => {
        for (const socket of [control, ...Object.values(others)]) socket.terminate(error)
        return { error }
      },
    )
  }

  /**
   * Resolves with the exit status once the command has ended: 128 and the number of the signal where one ended it.
   *
   * What is left of the output can still be read. It rejects where the status can't be known, and after an abort
   * with the signal's reason.
   */
  get exited(): Promise<number> {
    return this.#outcome.then(outcome => {
      if ('error' in outcome) throw outcome.error
      return outcome.exitCode
    })
  }

  /** Sends a signal, by its name or its number on Linux; returns whether there is still somebody to get it. */
  kill(signal: LinuxSignal | number = 'SIGTERM'): boolean {
    return sendControl(this.#control, { command: 'signal', signal: signalNumber(signal) })
  }

  /** Tells the command the new size of its terminal; returns whether there is still somebody to be told. */
  resize(size: TerminalSize): boolean {
    return sendControl(this.#control, resizeMessage(size))
  }
}
