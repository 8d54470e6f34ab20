import { EventEmitter } from 'node:events'
import { type Duplex, finished } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { terminalStream } from './bridge-terminal.ts'
import type { LinuxSignal } from './linux-signal.ts'
import type { InstanceProcess } from './process.ts'

/** Removes a listener. */
export interface Disposable {
  dispose(): void
}

/** How a {@link Pty} ended. */
export interface PtyExit {
  /** The exit status: 128 plus the number of the signal if one ended the command; -1 if it is not known. */
  readonly exitCode: number
  /** Why the exit status is not known. */
  readonly error?: unknown
}

/** A command with a terminal, with the members that users of node-pty know; see {@link asPty}. */
export class Pty {
  readonly #child: InstanceProcess
  readonly #stream: Duplex
  readonly #emitter = new EventEmitter<{ data: [string]; exit: [PtyExit] }>()
  #isReading = false

  /** @internal They come from `asPty()`. */
  constructor(child: InstanceProcess, stream: Duplex) {
    this.#child = child
    this.#stream = stream
  }

  /** Adds a listener for what is shown, as text. */
  onData(listener: (data: string) => void): Disposable {
    this.#emitter.on('data', listener)
    this.#startReading()
    return { dispose: () => this.#emitter.off('data', listener) }
  }

  /** Adds a listener for the end, which is called after those for what is shown. */
  onExit(listener: (exit: PtyExit) => void): Disposable {
    this.#emitter.on('exit', listener)
    this.#startReading()
    return { dispose: () => this.#emitter.off('exit', listener) }
  }

  /** Types text or bytes. */
  write(data: string | Uint8Array): void {
    this.#stream.write(data)
  }

  /** Changes the size of the terminal. */
  resize(columns: number, rows: number): void {
    this.#child.resize({ columns, rows })
  }

  /** Sends a signal, `SIGHUP` by default. */
  kill(signal: LinuxSignal = 'SIGHUP'): void {
    this.#child.kill(signal)
  }

  /** Stops reading, which makes the command wait once the buffers are full. */
  pause(): void {
    this.#stream.pause()
  }

  /** Goes on reading. */
  resume(): void {
    this.#stream.resume()
  }

  #startReading(): void {
    if (this.#isReading) return
    this.#isReading = true
    const decoder = new StringDecoder('utf8')
    this.#stream.on('data', chunk => this.#show(decoder.write(chunk)))
    finished(this.#stream, { writable: false }, () => {
      this.#show(decoder.end())
      void this.#tellExit()
    })
  }

  #show(text: string): void {
    if (text !== '') this.#emitter.emit('data', text)
  }

  async #tellExit(): Promise<void> {
    const exit = await this.#child.exited.then(
      exitCode => ({ exitCode }),
      error => ({ exitCode: -1, error }),
    )
    this.#emitter.emit('exit', exit)
  }
}

/**
 * A command with a terminal in the form of node-pty, for code that was written for that.
 *
 * What is shown is read from the first listener on, and nothing else may read it then. While nobody listens, the command
 * waits once the buffers are full.
 *
 * See https://github.com/microsoft/node-pty
 *
 * @throws {TypeError} the command has no terminal
 * @example
 * const pty = asPty(await spawn(api.instances.web, ['sh'], { terminal: true }))
 * pty.onData(data => process.stdout.write(data))
 * pty.onExit(({ exitCode }) => console.log(exitCode))
 * pty.write('exit 3\n')
 */
export function asPty(child: InstanceProcess): Pty {
  return new Pty(child, terminalStream(child, 'asPty()'))
}
