import type { Readable } from 'node:stream'
import { OperationFailure } from './operations.ts'
import { type Fields, objectAt, Refusal } from './reply.ts'
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

/** What the handler is given of a command. */
export function commandOf(item: Item, body: Fields, stdin: Readable, signal: AbortSignal): FakeCommand {
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

/** Sends the output of a command by its websockets, and ends them. */
export function sendOutput(
  sockets: ReadonlyMap<string, ServerSocket>,
  { stdout = '', stderr = '' }: FakeOutput,
): void {
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

/** Keeps the output of a command in files of the instance, and returns where. */
export function recordOutput(
  { url, logs }: Item,
  id: string,
  { stdout = '', stderr = '' }: FakeOutput,
): Fields {
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

/**
 * The metadata of the operation of a command that has ended.
 *
 * @throws {OperationFailure} the command could not be started
 */
export function exitOf({ exitCode = 0 }: FakeOutput, more: Fields = {}): Fields {
  const metadata = { ...more, return: exitCode }
  const message = NOT_STARTED[exitCode]
  if (message !== undefined) throw new OperationFailure(message, metadata)
  return metadata
}
