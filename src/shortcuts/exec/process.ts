import type { Readable, Writable } from 'node:stream'
import { APIWebSocketStream } from '../../websocket/stream.ts'
import type { APIWebSocket } from '../../websocket/websocket.ts'
import { resizeMessage, sendControl } from './control.ts'
import { type LinuxSignal, signalNumber } from './linux-signal.ts'
import type { TerminalSize } from './options.ts'

/** The standard streams of a command. */
export interface StandardStreams {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
}

// Seconds that output may stop coming when the command has ended.
const IDLE_TIMEOUT_SECONDS = 10
// Bytes of unread output that don't keep the end of a command from being told, once it has been sent a signal.
const MAX_BUFFER_AFTER_SIGNAL = 16 * 1024 * 1024

type Outcome = { readonly exitCode: number } | { readonly error: unknown }

/** A command that runs in an instance; see {@link spawn}. */
export class InstanceProcess implements StandardStreams {
  /** What the command reads; end it to let the command see the end of it. */
  readonly stdin: Writable
  /** What the command writes; with a terminal, this and `stdin` are one `Duplex`, with all that appears on it. */
  readonly stdout: Readable
  /** What the command complains of; with a terminal, nothing. */
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
        // Of a terminal, that is the output too.
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

  // A server has written all output before it tells how a command ended.
  #terminateStalledOutput(): void {
    const { timeout = IDLE_TIMEOUT_SECONDS } = this.#control.request
    const seconds = Math.min(IDLE_TIMEOUT_SECONDS, timeout)
    for (const stream of this.#streams) {
      const name = stream === this.stderr ? 'stderr' : 'stdout'
      const error = `The command has ended, but ${name} brought nothing for ${seconds} s: it is incomplete`
      stream.terminateWhenStalled(seconds, error)
    }
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

  /**
   * Sends a signal, by its name or its number on Linux; returns whether there is still somebody to get it.
   *
   * From then on the command does not have to wait before 16 MiB of its output are unread: or else `exited` would not
   * resolve while nobody reads what it had written before the signal.
   */
  kill(signal: LinuxSignal | number = 'SIGTERM'): boolean {
    const wasSent = sendControl(this.#control, { command: 'signal', signal: signalNumber(signal) })
    if (wasSent) for (const stream of this.#streams) stream.setBufferLimit(MAX_BUFFER_AFTER_SIGNAL)
    return wasSent
  }

  /** Tells the command the new size of its terminal; returns whether there is still somebody to be told. */
  resize(size: TerminalSize): boolean {
    return sendControl(this.#control, resizeMessage(size))
  }
}
