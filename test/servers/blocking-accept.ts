import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createNetServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import { type Certificate, makeCertificate } from '../daemon/certificate.ts'
import type { Connection } from '../daemon/daemon.ts'
import { askAsSecondClient } from './second-client.ts'
import { listen, socketPath } from './server.ts'

/** A transport of {@link serveBlockingAccept}. */
export type Transport = 'a unix socket' | 'TCP' | 'TLS'

/** All transports, for tests that run with each. */
export const TRANSPORTS: readonly Transport[] = ['a unix socket', 'TCP', 'TLS']

/** A server that is blocked by a single silent connection. */
export interface BlockingServer {
  /** The options of `API.factory()` for it. */
  readonly options: Connection
  /** `METHOD path` of each request whose header has arrived. */
  readonly requests: readonly string[]
  /** How many connections have been opened since it started. */
  connectionCount(): number
  /** How many connections are open. */
  openCount(): number
  /** How many of the open connections have sent nothing. */
  silentCount(): number
  /** Sends a GET as {@link askAsSecondClient} does; rejects if a silent connection blocks the server. */
  askAsSecondClient(): Promise<number | undefined>
}

/** Answers a request, as with `node:http`; without an answer the request stays pending. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void

// How many bytes LXD and Incus read of a connection before they accept the next one.
const PEEKED_BYTES = 8
// Shared by all tests of a process: creating one takes longer than most tests.
let certificate: Certificate | undefined

/**
 * Starts a server whose accept loop reads the first 8 bytes of a connection before it accepts the next one; the test stops
 * it.
 *
 * The listeners of LXD and Incus do so within `Accept()`, to distinguish STARTTLS from HTTP. A client that connects and
 * sends nothing blocks all others while its connection is open. A second client can therefore observe that no connection
 * is silent, without timing: it is answered, or it is not.
 */
export async function serveBlockingAccept(
  t: TestContext,
  transport: Transport,
  handler: Handler,
): Promise<BlockingServer> {
  const requests: string[] = []
  const http = createHttpServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    if (request.url === '/second-client') response.end()
    else handler(request, response)
  })
  // LXD and Incus send no `Keep-Alive: timeout` either; given one of 5 s, undici would close idle connections earlier.
  http.keepAliveTimeout = 0
  http.on('upgrade', request => requests.push(`${request.method} ${request.url}`))
  const accepted = new AcceptLoop(socket => http.emit('connection', socket))
  const { server, options } = await startListener(t, transport)
  server.on(transport === 'TLS' ? 'secureConnection' : 'connection', socket => accepted.add(socket))
  t.after(() => http.closeAllConnections())
  return {
    options,
    requests,
    connectionCount: () => accepted.count,
    openCount: () => accepted.open.size,
    silentCount: () => accepted.silentCount,
    askAsSecondClient: () => askAsSecondClient(options, '/second-client'),
  }
}

/** Accepts connections sequentially: the next once the current one has sent its first bytes, or is closed. */
class AcceptLoop {
  readonly open = new Set<Socket>()
  count = 0
  readonly #hasSent = new WeakSet<Socket>()
  readonly #serve: (socket: Socket) => void
  #queue: Promise<void> = Promise.resolve()

  constructor(serve: (socket: Socket) => void) {
    this.#serve = serve
  }

  get silentCount(): number {
    return [...this.open].filter(socket => !this.#hasSent.has(socket)).length
  }

  add(socket: Socket): void {
    this.count += 1
    this.open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.open.delete(socket))
    this.#queue = this.#queue.then(() => this.#accept(socket))
  }

  async #accept(socket: Socket): Promise<void> {
    const hasSent = await this.#peek(socket)
    if (hasSent) this.#serve(socket)
    else socket.destroy()
  }

  async #peek(socket: Socket): Promise<boolean> {
    const chunks: Buffer[] = []
    let bytes = 0
    while (bytes < PEEKED_BYTES && !socket.destroyed && !socket.readableEnded) {
      const chunk: Buffer | null = socket.read()
      if (chunk === null) {
        await readableOrEnded(socket)
        continue
      }
      this.#hasSent.add(socket)
      chunks.push(chunk)
      bytes += chunk.length
    }
    if (bytes < PEEKED_BYTES) return false
    socket.unshift(Buffer.concat(chunks))
    return true
  }
}

function readableOrEnded(socket: Socket): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      for (const event of EVENTS) socket.off(event, done)
      resolve()
    }
    for (const event of EVENTS) socket.on(event, done)
  })
}

const EVENTS = ['readable', 'end', 'close'] as const

interface Listener {
  readonly server: Server
  readonly options: Connection
}

async function startListener(t: TestContext, transport: Transport): Promise<Listener> {
  if (transport === 'a unix socket') {
    const path = socketPath()
    const server = createNetServer()
    await listen(t, server, path)
    return { server, options: { socketPath: path } }
  }
  certificate ??= makeCertificate()
  const { cert, key } = certificate
  const server = transport === 'TLS' ? createTlsServer({ cert, key }) : createNetServer()
  const baseUrl = await listen(t, server)
  if (transport === 'TCP') return { server, options: { baseUrl } }
  return { server, options: { baseUrl: baseUrl.replace('http', 'https'), serverCert: cert, cert, key } }
}
