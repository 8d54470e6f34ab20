import { execFileSync } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { findProgram } from '../daemon/server-kinds.ts'

/** A header that a test sends, to tell the requests of one call from all others. */
export const MARK_HEADER = 'x-test-mark'

/** Where a server listens. */
export interface ListeningAt {
  readonly socketPath?: string
  readonly baseUrl?: string
}

/**
 * What this process sends over its connections: undici tells of each by its documented diagnostics channels, and `ss`
 * knows of all that there are.
 */
export class ConnectionWatch implements Disposable {
  readonly #sockets = new Set<Socket>()
  readonly #requests = new Map<string, number>()

  constructor() {
    subscribe('undici:client:connected', this.#onConnected)
    subscribe('undici:client:sendHeaders', this.#onHead)
  }

  /** How many requests have been sent with a mark in {@link MARK_HEADER}. */
  requestCount(mark: string): number {
    return this.#requests.get(mark) ?? 0
  }

  /** How many connections undici has made. */
  connectionCount = 0

  /** How many connections of undici are open. */
  get openCount(): number {
    return this.#open.length
  }

  /** How many of them have sent nothing, the handshake of TLS apart. */
  get silentCount(): number {
    return this.#open.filter(({ bytesWritten }) => bytesWritten === 0).length
  }

  [Symbol.dispose](): void {
    unsubscribe('undici:client:connected', this.#onConnected)
    unsubscribe('undici:client:sendHeaders', this.#onHead)
  }

  get #open(): Socket[] {
    return [...this.#sockets].filter(({ destroyed }) => !destroyed)
  }

  // Arrow functions, since they are added and removed as listeners.
  readonly #onConnected = (message: unknown): void => {
    // Safe cast: undici documents what it publishes.
    const { socket } = message as { socket: Socket }
    this.connectionCount += 1
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
  }

  readonly #onHead = (message: unknown): void => {
    // Safe cast: undici documents what it publishes.
    const { headers } = message as { headers: string }
    const mark = MARK.exec(headers)?.[1]
    if (mark !== undefined) this.#requests.set(mark, this.requestCount(mark) + 1)
  }
}

const MARK = new RegExp(`^${MARK_HEADER}: (.*)\r$`, 'm')

/** How many connections of this process to a server the system knows of. */
export function countConnections({ socketPath, baseUrl }: ListeningAt): number {
  return socketPath === undefined
    ? countTcpConnections(new URL(String(baseUrl)).port)
    : countUnixConnections(socketPath)
}

function countTcpConnections(port: string): number {
  return list('-tnpH', 'state', 'connected', 'dport', '=', `:${port}`).filter(isOurs).length
}

// Of a pair of unix sockets, only the server's has the path; what the other one names is its peer's number.
function countUnixConnections(socketPath: string): number {
  const lines = list('-xnpH', 'state', 'connected')
  // Kind, state, two queues, path, number, path of the peer, number of the peer.
  const fields = lines.map(line => line.trim().split(/\s+/))
  const servers = new Set(fields.filter(field => field[4] === socketPath).map(field => field[5]))
  return lines.filter((line, index) => isOurs(line) && servers.has(fields[index]?.[7])).length
}

function isOurs(line: string): boolean {
  return line.includes(`pid=${process.pid},`)
}

function list(...args: string[]): string[] {
  const output = execFileSync(findProgram(['ss']) ?? 'ss', args, { encoding: 'utf8' })
  return output.split('\n')
}
