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
import { ownFolder } from '../daemon/clean-up.ts'

/** One request as it arrived. */
export interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

/** An answer: `json` comes with its content type, `body` as it is. */
export interface Reply {
  readonly status?: number
  readonly headers?: OutgoingHttpHeaders
  readonly json?: unknown
  readonly body?: string | Uint8Array
}

/** Decides once the request has arrived; whoever gives back nothing answers on the response itself, or never. */
export type Answer = (received: Received, response: ServerResponse) => Reply | undefined

/** A server that belongs to one test, and the API of it. */
export interface TestServer {
  readonly root: API
  /** The root's `1.0`. */
  readonly api: Path
  readonly received: readonly Received[]
  /** `http://127.0.0.1:port`, or `http+unix://…`. */
  readonly origin: string
  readonly server: Server
}

/** Starts a server that keeps what it received and answers as told; it ends with the test. */
export async function serve(
  t: TestContext,
  answer: Reply | Answer,
  options: FactoryOptions & { readonly onSocket?: boolean } = {},
): Promise<TestServer> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const arrived = await receive(request)
    // Its client went away in the middle.
    if (arrived === undefined) return
    received.push(arrived)
    const reply = typeof answer === 'function' ? answer(arrived, response) : answer
    if (reply !== undefined) send(response, reply)
  })
  const { onSocket, ...factoryOptions } = options
  const origin = await listen(t, server, onSocket ? socketPath() : undefined)
  return { server, received, origin, ...connect(t, { baseUrl: origin, ...factoryOptions }) }
}

/** The API at a place, closed with the test. */
export function connect(t: TestContext, options: FactoryOptions): { root: API; api: Path } {
  const root: API = API.factory(options)
  t.after(() => root.close())
  return { root, api: root.path('1.0') }
}

/** Lets a server listen on a free port or on a socket until the test ends; gives its base URL. */
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
  // True: it listens on a port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A path for a socket, in a folder that is removed when this process ends. */
export function socketPath(): string {
  return join(ownFolder(), 'unix.socket')
}

/** What a synchronous call answers. */
export function sync(metadata: unknown, headers?: OutgoingHttpHeaders): Reply {
  return { headers, json: envelope({ type: 'sync', status: 'Success', status_code: 200, metadata }) }
}

/** What a call answers that starts an operation. */
export function started(operation = '/1.0/operations/1'): Reply {
  const metadata = { id: '1', class: 'task', status: 'Running', status_code: 103, err: '' }
  const fields = { type: 'async', status: 'Operation created', status_code: 100, operation, metadata }
  return { status: 202, json: envelope(fields) }
}

/** What a call answers that fails. */
export function failure(code: number, error: string, status = code): Reply {
  return { status, json: envelope({ type: 'error', error_code: code, error }) }
}

/** Comes back when a number has not moved for many turns of the event loop. */
export async function untilStill(read: () => number): Promise<number> {
  let last = read()
  for (let turns = 0; turns < 500; turns++) {
    await new Promise(resolve => setImmediate(resolve))
    if (read() !== last) turns = 0
    last = read()
  }
  return last
}

/** Comes back when a condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}

function envelope(fields: object): object {
  // In the order of the servers.
  const empty = {
    type: '',
    status: '',
    status_code: 0,
    operation: '',
    error_code: 0,
    error: '',
    metadata: null,
  }
  return { ...empty, ...fields }
}

/** A request with its whole body; `undefined` where its client went away in the middle. */
export async function receive(request: IncomingMessage): Promise<Received | undefined> {
  // True: these are requests, which have both.
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
