import type { Readable, Writable } from 'node:stream'
import { APIWebSocketStream } from '../../websocket/stream.ts'
import type { APIWebSocket } from '../../websocket/websocket.ts'
import { resizeMessage, sendControl } from './control.ts'
import { type LinuxSignal, signalNumber } from './linux-signal.ts'
import { checkTerminalSize, type TerminalSize } from './options.ts'

/** The standard streams of a command. */
export interface StandardStreams {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
}

// How long output may stall once the command has ended.
const IDLE_TIMEOUT_SECONDS = 10
// In bytes: how much unread output is buffered after a signal, so that `exited` resolves without a reader.
const MAX_BUFFER_AFTER_SIGNAL = 16 * 1024 * 1024

type Outcome = { readonly exitCode: number } | { readonly error: unknown }

/** A command running in an instance; see {@link spawn}. */
export class InstanceProcess implements StandardStreams {
  /** The standard input of the command; ending it signals end of file to the command. */
  readonly stdin: Writable
  /** The standard output; with a terminal, `stdout` and `stdin` are one `Duplex` with all that appears on it. */
  readonly stdout: Readable
  /** The standard error; empty with a terminal. */
  readonly stderr: Readable
  readonly #control: APIWebSocket
  readonly #streams: ReadonlySet<APIWebSocketStream>
  readonly #outcome: Promise<Outcome>

  /** @internal Processes come from `spawn()`. */
  constructor({ stdin, stdout, stderr }: StandardStreams, control: APIWebSocket, exitCode: Promise<number>) {
    this.stdin = stdin
    this.stdout = stdout
    this.stderr = stderr
    this.#control = control
    this.#streams = new Set([stdin, stdout, stderr].filter(stream => stream instanceof APIWebSocketStream))
    this.#outcome = exitCode.then(
      exitCode => {
        control.terminate()
        // With a terminal, stdin is the output too.
        if (!('readable' in stdin && stdin.readable)) stdin.destroy()
        this.#terminateStalledOutput()
        return { exitCode }
      },
      error => {
        control.terminate(error)
        for (const stream of this.#streams) stream.fail(error)
        return { error }
      },
    )
  }

  // A server has sent all output before it reports the exit.
  #terminateStalledOutput(): void {
    const { idleTimeout = IDLE_TIMEOUT_SECONDS } = this.#control.request
    const seconds = Math.min(IDLE_TIMEOUT_SECONDS, idleTimeout)
    for (const stream of this.#streams) {
      const name = stream === this.stderr ? 'stderr' : 'stdout'
      const error = `The command has ended, but ${name} brought nothing for ${seconds} s: it is incomplete`
      stream.terminateWhenStalled(seconds, error)
    }
  }

  /**
   * Resolves with the exit status once the command has ended: 128 plus the number of the signal if one ended it.
   *
   * The rest of the output can still be read. Rejects if the status can't be determined, and after an abort with the
   * signal's reason.
   */
  get exited(): Promise<number> {
    return this.#outcome.then(outcome => {
      if ('error' in outcome) throw outcome.error
      return outcome.exitCode
    })
  }

  /**
   * Sends a signal, by its name or its number on Linux; returns whether the command could still receive it.
   *
   * From then on up to 16 MiB of unread output are buffered: otherwise `exited` would not resolve while nobody reads
   * what was written before the signal.
   */
  kill(signal: LinuxSignal | number = 'SIGTERM'): boolean {
    const wasSent = sendControl(this.#control, { command: 'signal', signal: signalNumber(signal) })
    if (wasSent) for (const stream of this.#streams) stream.setBufferLimit(MAX_BUFFER_AFTER_SIGNAL)
    return wasSent
  }

  /** Sends the new size of the terminal; returns whether the command could still receive it. */
  resize(size: TerminalSize): boolean {
    checkTerminalSize(size, 'resize()')
    return sendControl(this.#control, resizeMessage(size))
  }
}
