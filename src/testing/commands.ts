import { randomBytes, randomUUID } from 'node:crypto'
import { PassThrough } from 'node:stream'
import {
  commandOf,
  exitOf,
  type FakeExec,
  type FakeOutput,
  recordOutput,
  sendOutput,
} from './command-output.ts'
import { createDeferred } from './deferred.ts'
import type { Failure } from './faults.ts'
import type { Operations, Task } from './operations.ts'
import { type FakeRequest, type Fields, fieldsOf, Refusal, type Reply } from './reply.ts'
import type { Accept, ServerSocket, SocketListener } from './server-socket.ts'
import type { Item } from './store.ts'

/** A command whose handler can be called. */
interface Running {
  readonly stdin: PassThrough
  readonly kill: (exitCode: number) => void
  readonly run: () => Promise<FakeOutput>
}

/** A command that is, or is to be, connected to the websockets of a client. */
interface Attachment {
  /** By the names of the websockets. */
  readonly secrets: Readonly<Record<string, string>>
  readonly sockets: Map<string, ServerSocket>
  readonly running: Running
  readonly start: () => void
}

type Failing = Pick<Failure, 'error'>

/** Runs commands by the handler of a test. */
export class Commands {
  readonly #operations: Operations
  readonly #exec: FakeExec
  readonly #attachments = new Map<string, Attachment>()

  constructor(operations: Operations, exec: FakeExec) {
    this.#operations = operations
    this.#exec = exec
  }

  /** Starts the operation of a command. */
  start(item: Item, request: FakeRequest, failure: Failing | undefined): Reply {
    if (item.document['status'] !== 'Running') throw new Refusal(400, 'Instance is not running')
    const body = fieldsOf(request)
    const running = this.#prepare(item, body, failure)
    return body['wait-for-websocket'] === true
      ? this.#startAttached(item, body, running)
      : this.#startDetached(item, body, running)
  }

  #prepare(item: Item, body: Fields, failure: Failing | undefined): Running {
    const stdin = new PassThrough()
    const ending = new AbortController()
    const killed = createDeferred<FakeOutput>()
    const kill = (exitCode: number): void => {
      killed.resolve({ exitCode })
      ending.abort()
    }
    const command = commandOf(item, body, stdin, ending.signal)
    const run = async (): Promise<FakeOutput> => {
      if (failure !== undefined) throw new Error(failure.error)
      return Promise.race([this.#exec(command), killed.promise])
    }
    return { stdin, kill, run }
  }

  #startAttached(item: Item, { command, environment, interactive = false }: Fields, running: Running): Reply {
    const id = randomUUID()
    const attached = createDeferred<void>()
    const names = interactive === true ? ['0', 'control'] : ['0', '1', '2', 'control']
    const fds = Object.fromEntries(names.map(name => [name, randomBytes(32).toString('hex')]))
    const sockets = new Map<string, ServerSocket>()
    this.#attachments.set(id, { secrets: fds, sockets, running, start: attached.resolve })
    return this.#operations.start({
      ...taskOf(item, id),
      class: 'websocket',
      metadata: { command, environment, fds, interactive },
      run: async () => {
        await attached.promise
        try {
          const output = await running.run()
          sendOutput(sockets, output)
          return exitOf(output)
        } finally {
          this.#attachments.delete(id)
          for (const socket of sockets.values()) socket.close()
        }
      },
    })
  }

  #startDetached(item: Item, body: Fields, { stdin, run }: Running): Reply {
    const id = randomUUID()
    stdin.end()
    return this.#operations.start({
      ...taskOf(item, id),
      run: async () => {
        const output = await run()
        return exitOf(output, body['record-output'] === true ? recordOutput(item, id, output) : {})
      },
    })
  }

  /** Connects a websocket to a command, which runs once all of them are connected. */
  attach(id: string, secret: string | null, accept: Accept): void {
    const attachment = this.#attachments.get(id)
    if (attachment === undefined) throw new Refusal(404, 'Operation not found')
    const { sockets, secrets, running, start } = attachment
    const name = Object.keys(secrets).find(one => secrets[one] === secret)
    if (name === undefined) throw new Refusal(403, 'not authorized')
    sockets.set(name, accept(listenerOf(name, running)))
    if (sockets.size === Object.keys(secrets).length) start()
  }
}

function taskOf({ project, url }: Item, id: string): Omit<Task, 'run'> {
  return { id, description: 'Executing command', project, resources: { instances: [url] } }
}

// Any text on the standard input is its end, and a client that closes the control kills the command.
function listenerOf(name: string, { kill, stdin }: Running): SocketListener {
  if (name === 'control') return { onText: text => kill(signalIn(text)), onClose: () => kill(137) }
  if (name !== '0') return {}
  return {
    onBinary: data => stdin.write(data),
    onText: () => stdin.end(),
    onClose: () => stdin.end(),
  }
}

function signalIn(text: string): number {
  const { signal } = JSON.parse(text) as { signal?: number }
  return 128 + (signal ?? 9)
}
