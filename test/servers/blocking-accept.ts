import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createNetServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import { type Certificate, makeCertificate } from '../daemon/certificate.ts'
import type { Connection } from '../daemon/daemon.ts'
import { askAsSecondClient } from './second-client.ts'
import { listen, socketPath } from './server.ts'

/** How a server of {@link serveBlockingAccept} is reached. */
export type Transport = 'a unix socket' | 'TCP' | 'TLS'

/** All of them, for tests that are declared once for each. */
export const TRANSPORTS: readonly Transport[] = ['a unix socket', 'TCP', 'TLS']

/** A server that a single silent connection blocks. */
export interface BlockingServer {
  /** What `API.factory()` needs to reach it. */
  readonly options: Connection
  /** `METHOD path` of each request whose head has arrived. */
  readonly requests: readonly string[]
  /** How many connections were made since it started. */
  connectionCount(): number
  /** How many connections are open. */
  openCount(): number
  /** How many of the open connections have sent nothing. */
  silentCount(): number
  /** Sends a GET as {@link askAsSecondClient} does; rejects where a silent connection stands in front of it. */
  askAsSecondClient(): Promise<number | undefined>
}

/** Answers one request, as with `node:http`; whoever does not answer leaves it pending. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void

// How much the listeners of LXD and Incus read of a connection before they accept the next one.
const PEEKED_BYTES = 8
// One for all servers of a process: to make one takes longer than most tests.
let certificate: Certificate | undefined

/**
 * Starts a server whose accept loop reads the first 8 bytes of a connection before it turns to the next one, and ends
 * it with the test.
 *
 * The listeners of LXD and Incus do that within `Accept()`, to tell STARTTLS from HTTP. So a client that connects
 * and sends nothing blocks all others, for as long as its connection is open. That makes "no connection is silent" a
 * property that a second client can observe, without a look at any clock: it is answered, or it is not.
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
  // LXD and Incus tell no client how long they keep a connection either; told 5 s, undici would close an idle one earlier.
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

/** One connection after the other: the next has its turn once this one has sent its first bytes, or is closed. */
class AcceptLoop {
  readonly open = new Set<Socket>()
  count = 0
  readonly #spoke = new WeakSet<Socket>()
  readonly #serve: (socket: Socket) => void
  #turn: Promise<void> = Promise.resolve()

  constructor(serve: (socket: Socket) => void) {
    this.#serve = serve
  }

  get silentCount(): number {
    return [...this.open].filter(socket => !this.#spoke.has(socket)).length
  }

  add(socket: Socket): void {
    this.count += 1
    this.open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.open.delete(socket))
    this.#turn = this.#turn.then(() => this.#accept(socket))
  }

  async #accept(socket: Socket): Promise<void> {
    const hasSpoken = await this.#peek(socket)
    if (hasSpoken) this.#serve(socket)
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
      this.#spoke.add(socket)
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
