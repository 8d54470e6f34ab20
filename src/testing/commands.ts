import { randomBytes, randomUUID } from 'node:crypto'
import { PassThrough, type Readable } from 'node:stream'
import { createDeferred } from './deferred.ts'
import { OperationFailure, type Operations } from './operations.ts'
import { type FakeRequest, type Fields, fieldsOf, objectAt, Refusal, type Reply } from './reply.ts'
import type { ServerSocket } from './server-socket.ts'
import type { Item } from './store.ts'

/** A command that is to run in an instance of the fake server. */
export interface FakeCommand {
  /** The name of the instance. */
  readonly instance: string
  readonly command: readonly string[]
  /** What it reads from its standard input: `await text(stdin)`, of `node:stream/consumers`. */
  readonly stdin: Readable
  readonly environment: Readonly<Record<string, string>>
  readonly cwd: string
  readonly user: number
  readonly group: number
  /** Aborted when a client kills the command. */
  readonly signal: AbortSignal
}

/** How a command of the fake server ends. */
export interface FakeOutput {
  readonly stdout?: string | Uint8Array
  readonly stderr?: string | Uint8Array
  /** 0 by default. */
  readonly exitCode?: number
}

/** Runs the commands of the fake server's instances. */
export type FakeExec = (command: FakeCommand) => FakeOutput | Promise<FakeOutput>

const NOT_STARTED: Readonly<Record<number, string>> = {
  126: 'Command not executable',
  127: 'Command not found',
}
const ENVIRONMENT = {
  HOME: '/root',
  LANG: 'C.UTF-8',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  USER: 'root',
}

/** Connects the websockets of one command. */
interface Attachment {
  readonly secrets: Readonly<Record<string, string>>
  readonly sockets: Map<string, ServerSocket>
  readonly run: { start(): void; kill(exitCode: number): void; readonly stdin: PassThrough }
}

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
  start(item: Item, request: FakeRequest, failure: { readonly error: string } | undefined): Reply {
    if (item.document['status'] !== 'Running') throw new Refusal(400, 'Instance is not running')
    const body = fieldsOf(request)
    const id = randomUUID()
    const stdin = new PassThrough()
    const ending = new AbortController()
    const killed = createDeferred<FakeOutput>()
    const kill = (exitCode: number): void => {
      killed.resolve({ exitCode })
      ending.abort()
    }
    const run = async (): Promise<FakeOutput> => {
      if (failure !== undefined) throw new Error(failure.error)
      const command = commandOf(item, body, stdin, ending.signal)
      return Promise.race([this.#exec(command), killed.promise])
    }
    const common = {
      id,
      description: 'Executing command',
      project: item.project,
      resources: { instances: [item.url] },
    }
    if (body['wait-for-websocket'] === true) {
      const attached = createDeferred<void>()
      const names = body['interactive'] === true ? ['0', 'control'] : ['0', '1', '2', 'control']
      const secrets = Object.fromEntries(names.map(name => [name, randomBytes(32).toString('hex')]))
      const attachment: Attachment = {
        secrets,
        sockets: new Map(),
        run: { start: attached.resolve, kill, stdin },
      }
      this.#attachments.set(id, attachment)
      const { command, environment } = body
      return this.#operations.start({
        ...common,
        class: 'websocket',
        metadata: { command, environment, fds: secrets, interactive: body['interactive'] ?? false },
        run: async () => {
          await attached.promise
          try {
            const output = await run()
            sendOutput(attachment, output)
            return exitOf(output)
          } finally {
            this.#attachments.delete(id)
            for (const socket of attachment.sockets.values()) socket.close()
          }
        },
      })
    }
    stdin.end()
    return this.#operations.start({
      ...common,
      run: async () => {
        const output = await run()
        return exitOf(output, body['record-output'] === true ? recordOutput(item, id, output) : {})
      },
    })
  }

  /** Connects a websocket to a running command. */
  attach(id: string, secret: string | null, accept: (listener: SocketOptions) => ServerSocket): void {
    const attachment = this.#attachments.get(id)
    const name = Object.entries(attachment?.secrets ?? {}).find(([, one]) => one === secret)?.[0]
    if (attachment === undefined) throw new Refusal(404, 'Operation not found')
    if (name === undefined) throw new Refusal(403, 'not authorized')
    const { sockets, secrets, run } = attachment
    sockets.set(name, accept(listenerOf(name, attachment)))
    if (sockets.size === Object.keys(secrets).length) run.start()
  }
}

type SocketOptions = ConstructorParameters<typeof ServerSocket>[2]

// Any text on the standard input is its end, and a client that closes the control kills the command.
function listenerOf(name: string, { run }: Attachment): SocketOptions {
  if (name === 'control') return { onText: text => run.kill(signalIn(text)), onClose: () => run.kill(137) }
  if (name !== '0') return {}
  return {
    onBinary: data => run.stdin.write(data),
    onText: () => run.stdin.end(),
    onClose: () => run.stdin.end(),
  }
}

function signalIn(text: string): number {
  const { signal } = JSON.parse(text) as { signal?: number }
  return 128 + (signal ?? 9)
}

function commandOf(item: Item, body: Fields, stdin: Readable, signal: AbortSignal): FakeCommand {
  const { command, cwd, user, group } = body
  if (!Array.isArray(command)) throw new Refusal(400, 'Command is not a list')
  return {
    instance: String(item.document['name']),
    command,
    stdin,
    // Safe cast: the library sends text only.
    environment: { ...ENVIRONMENT, ...(objectAt(body, 'environment') as Record<string, string>) },
    cwd: String(cwd || '/root'),
    user: Number(user ?? 0),
    group: Number(group ?? 0),
    signal,
  }
}

function sendOutput({ sockets }: Attachment, { stdout = '', stderr = '' }: FakeOutput): void {
  for (const [name, output] of [
    [sockets.has('1') ? '1' : '0', stdout],
    ['2', stderr],
  ] as const) {
    const socket = sockets.get(name)
    const bytes = Buffer.from(output)
    if (bytes.length > 0) socket?.sendBinary(bytes)
    socket?.sendText('')
  }
}

function recordOutput({ url, logs }: Item, id: string, { stdout = '', stderr = '' }: FakeOutput): Fields {
  const output: Fields = {}
  for (const [fd, name, bytes] of [
    ['1', `exec_${id}.stdout`, stdout],
    ['2', `exec_${id}.stderr`, stderr],
  ] as const) {
    logs?.set(name, Buffer.from(bytes))
    output[fd] = `${url}/logs/${name}`
  }
  return { output }
}

function exitOf({ exitCode = 0 }: FakeOutput, more: Fields = {}): Fields {
  const metadata = { ...more, return: exitCode }
  const message = NOT_STARTED[exitCode]
  if (message !== undefined) throw new OperationFailure(message, metadata)
  return metadata
}
