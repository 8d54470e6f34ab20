import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { API, type FactoryOptions, type Path } from '../../src/index.ts'
import { envelope } from '../../src/testing/reply.ts'
import { createTempFolder } from '../daemon/clean-up.ts'

/** One request as it arrived. */
export interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

/** An answer: `json` is sent with its content type, `body` unchanged. */
export interface Reply {
  readonly status?: number
  readonly headers?: OutgoingHttpHeaders
  readonly json?: unknown
  readonly body?: string | Uint8Array
}

/** Returns the answer to a request; without one it answers by the response itself, or never. */
export type Answer = (received: Received, response: ServerResponse) => Reply | undefined

/** The server of one test, and its API. */
export interface TestServer {
  readonly root: API
  /** The root's `1.0`. */
  readonly api: Path
  readonly received: readonly Received[]
  /** `http://127.0.0.1:port`, or `http+unix://…`. */
  readonly origin: string
  readonly server: Server
}

/** Starts a server that records its requests; the test stops it. */
export async function serve(
  t: TestContext,
  answer: Reply | Answer,
  options: FactoryOptions & { readonly onSocket?: boolean } = {},
): Promise<TestServer> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const arrived = await receive(request)
    // The client closed the connection before the end.
    if (arrived === undefined) return
    received.push(arrived)
    const reply = typeof answer === 'function' ? answer(arrived, response) : answer
    if (reply !== undefined) send(response, reply)
  })
  const { onSocket, ...factoryOptions } = options
  const origin = await listen(t, server, onSocket ? socketPath() : undefined)
  return { server, received, origin, ...connect(t, { baseUrl: origin, ...factoryOptions }) }
}

/** Creates an API, which the test closes. */
export function connect(t: TestContext, options: FactoryOptions): { root: API; api: Path } {
  const root: API = API.factory(options)
  t.after(() => root.close())
  return { root, api: root.path('1.0') }
}

/** Makes a server listen on a free port or a socket until the test ends; resolves with its base URL. */
export async function listen(t: TestContext, server: Server, path?: string): Promise<string> {
  const sockets = new Set<{ destroy(): unknown }>()
  server.on('connection', socket => sockets.add(socket))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  if (path === undefined) server.listen(0, '127.0.0.1')
  else server.listen(path)
  await once(server, 'listening')
  if (path !== undefined) return `http+unix://${encodeURIComponent(path)}`
  // Safe cast: it listens on a port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Returns a path for a socket, in a folder that is removed when this process exits. */
export function socketPath(): string {
  return join(createTempFolder(), 'unix.socket')
}

/** Returns a synchronous answer. */
export function sync(metadata: unknown, headers?: OutgoingHttpHeaders): Reply {
  return { headers, json: envelope({ type: 'sync', status: 'Success', status_code: 200, metadata }) }
}

/** Returns the answer to a call that starts an operation. */
export function started(operation = '/1.0/operations/1'): Reply {
  const metadata = { id: '1', class: 'task', status: 'Running', status_code: 103, err: '' }
  const fields = { type: 'async', status: 'Operation created', status_code: 100, operation, metadata }
  return { status: 202, json: envelope(fields) }
}

/** Returns the answer to a call that fails. */
export function failure(code: number, error: string, status = code): Reply {
  return { status, json: envelope({ type: 'error', error_code: code, error }) }
}

/** Resolves with a number once it has not changed for 500 turns of the event loop. */
export async function untilStill(read: () => number): Promise<number> {
  let last = read()
  for (let turns = 0; turns < 500; turns++) {
    await new Promise(resolve => setImmediate(resolve))
    if (read() !== last) turns = 0
    last = read()
  }
  return last
}

/** Resolves once a condition is true. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}

/** Reads a request with its body; `undefined` if the client closed the connection before the end. */
export async function receive(request: IncomingMessage): Promise<Received | undefined> {
  // Safe cast: requests to a server have both.
  const { method, url } = request as { method: string; url: string }
  const body = await buffer(request).catch(() => undefined)
  return body && { method, url, headers: request.headers, rawHeaders: request.rawHeaders, body }
}

/** Sends an answer. */
export function send(response: ServerResponse, { status = 200, headers, json, body }: Reply): void {
  if (json !== undefined) response.setHeader('content-type', 'application/json')
  response.writeHead(status, headers)
  response.end(json === undefined ? body : JSON.stringify(json))
}
