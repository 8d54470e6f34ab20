import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { Path } from '../../path.ts'
import type { InstanceProcess } from '../exec/process.ts'
import { spawnAt } from '../exec/spawn.ts'
import { CONNECTED, type Command, SERVER_ENDED } from './commands.ts'
import { type Channel, InstanceConnection } from './connection.ts'
import { commandFailure } from './port-failure.ts'
import type { Target } from './target.ts'

// Characters of the standard error that are kept. No command prints as many, unless it is another one than expected.
const MAX_KEPT = 16 * 1024

/**
 * Connects to a target by a command in the instance.
 *
 * @throws {APIPortException} the command could not connect
 */
export async function connectByCommand(
  instance: Path,
  command: Command,
  target: Target,
  signal: AbortSignal | undefined,
): Promise<InstanceConnection> {
  const child = await spawnAt(instance, command(target), { signal })
  const channel = new CommandChannel(child, message => commandFailure(instance, target, message))
  const connection = new InstanceConnection(channel)
  await channel.connected
  return connection
}

/** The streams of a command that is connected to a port. */
class CommandChannel implements Channel {
  readonly input: Channel['input']
  readonly output: Readable
  readonly ended: Promise<void>
  /** Resolves when the command has connected, rejects if it ends before. */
  readonly connected: Promise<void>
  readonly #child: InstanceProcess
  readonly #fail: (message: string) => Error
  #errors = ''
  #hasServerEnded = false

  constructor(child: InstanceProcess, fail: (message: string) => Error) {
    this.#child = child
    this.#fail = fail
    this.input = child.stdin
    this.output = child.stdout
    this.ended = this.#end()
    this.connected = new Promise((resolve, reject) => {
      child.stderr.on('data', chunk => {
        this.#errors = (this.#errors + chunk).slice(-MAX_KEPT)
        if (CONNECTED.test(this.#errors)) resolve()
        if (SERVER_ENDED.test(this.#errors)) this.#endInput()
      })
      this.ended.then(() => reject(fail('The command ended before it had connected')), reject)
    })
  }

  async destroy(): Promise<void> {
    const { stdin, stdout, stderr, exited } = this.#child
    this.#child.kill('SIGKILL')
    for (const stream of [stdin, stdout, stderr]) stream.destroy()
    await exited.catch(() => {})
  }

  async #end(): Promise<void> {
    const { stdout, stderr, exited } = this.#child
    const [exitCode] = await Promise.all([exited, finished(stderr)])
    if (exitCode !== 0 && !this.#hasServerEnded) throw this.#fail(this.#errors)
    await finished(stdout)
  }

  #endInput(): void {
    this.#hasServerEnded = true
    this.#child.stdin.end()
  }
}
