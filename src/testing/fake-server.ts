import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { API } from '../api.ts'
import { checkNames } from '../request/options.ts'
import type { Root } from '../rest.ts'
import type { FakeExec } from './command-output.ts'
import { Commands } from './commands.ts'
import { EventHub } from './event-hub.ts'
import { type Delay, type Failure, Faults } from './faults.ts'
import { type FakeInstance, fillStore } from './initial-state.ts'
import { Operations } from './operations.ts'
import { type FakeRequest, Refusal, type Reply, refused } from './reply.ts'
import { refuseUpgrade, respond } from './respond.ts'
import { answer } from './router.ts'
import { type Accept, ServerSocket } from './server-socket.ts'
import { Store } from './store.ts'

/** Options of {@link fakeServer}. */
export interface FakeServerOptions {
  /** The instances of the project `default`, by name. */
  readonly instances?: Readonly<Record<string, FakeInstance>>
  /** The aliases of images that there are. */
  readonly images?: readonly string[]
  /** Runs the commands of `exec()` and `spawn()`; without it, no command is found. */
  readonly exec?: FakeExec
  /** Whether to listen on a unix socket, rather than on a port of 127.0.0.1; `true` by default. */
  readonly onSocket?: boolean
}

const OPTIONS: ReadonlySet<string> = new Set<keyof FakeServerOptions>([
  'instances',
  'images',
  'exec',
  'onSocket',
])

/**
 * Starts an LXD server in the memory of this process, for the tests of scripts: instances with their state, files and
 * snapshots, operations, profiles, projects, images, events, and commands that a function of the test runs.
 *
 * It listens on a socket of its own until it is closed.
 *
 * @throws {TypeError} an option is unknown
 * @example
 * await using server = await fakeServer({
 *   instances: { web: { status: 'Running' } },
 *   exec: ({ command }) => ({ stdout: `${command.join(' ')}\n` }),
 * })
 * const { stdout } = await exec(server.api['1.0'].instances.web, ['uname', '-s'])
 */
export async function fakeServer(options: FakeServerOptions = {}): Promise<FakeServer> {
  checkNames(options, OPTIONS, 'fakeServer()')
  const server = new FakeServer(options)
  await server.listen(options.onSocket ?? true)
  return server
}

/** A server in memory; see {@link fakeServer}. */
export class FakeServer {
  readonly #store: Store
  readonly #commands: Commands
  readonly #events = new EventHub()
  readonly #faults = new Faults()
  readonly #requests: string[] = []
  readonly #upgraded = new Set<Duplex>()
  readonly #server: Server
  // Of a server that nobody has closed.
  readonly #removeFolder = (): void => {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true })
  }
  #folder: string | undefined
  #socketPath: string | undefined
  #api: (Root & API) | undefined

  /** @internal Use {@link fakeServer}. */
  constructor({ instances = {}, images = [], exec = () => ({ exitCode: 127 }) }: FakeServerOptions) {
    const operations = new Operations(this.#events)
    this.#store = new Store(this.#events, operations)
    this.#commands = new Commands(operations, exec)
    fillStore(this.#store, instances, images)
    this.#server = createServer((request, response) => this.#answer(request, response))
    this.#server.on('upgrade', (request, connection) => this.#upgrade(request, connection))
  }

  /** @internal */
  async listen(onSocket: boolean): Promise<void> {
    if (onSocket) {
      this.#folder = await mkdtemp(join(tmpdir(), 'lxdapi-fake-'))
      process.once('exit', this.#removeFolder)
      this.#socketPath = join(this.#folder, 'unix.socket')
      this.#server.listen(this.#socketPath)
    } else this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  /** The API of this server, which is closed with it. */
  get api(): Root & API {
    this.#api ??= API.factory({ baseUrl: this.baseUrl })
    return this.#api
  }

  /**
   * The path of its socket, for `API.factory({ socketPath })` or `LXD_SOCKET`.
   *
   * @throws {Error} it listens on a port
   */
  get socketPath(): string {
    if (this.#socketPath === undefined) throw new Error('The fake server listens on a port: use its baseUrl')
    return this.#socketPath
  }

  /** Where it listens, for `API.factory({ baseUrl })`. */
  get baseUrl(): string {
    if (this.#socketPath !== undefined) return `http+unix://${encodeURIComponent(this.#socketPath)}`
    // Safe cast: it listens on a port.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** All requests so far, in their order: `PUT /1.0/instances/web/state`, with query strings. */
  get requests(): readonly string[] {
    return this.#requests
  }

  /**
   * Makes the next calls fail, by method and path without a query string; `*` stands for a segment.
   *
   * @throws {TypeError} the call is not a method and a path
   * @example
   * server.fail('PUT /1.0/instances/web/state', { status: 500, error: 'No space left', times: 2 })
   */
  fail(call: string, failure: Failure): void {
    this.#faults.fail(call, failure)
  }

  /**
   * Delays the next calls, named as for {@link fail}.
   *
   * @throws {TypeError} the call is not a method and a path
   * @example
   * server.delay('GET /1.0/instances/*', { seconds: 2, times: Infinity })
   */
  delay(call: string, delay: Delay): void {
    this.#faults.delay(call, delay)
  }

  /** Closes its API, ends all connections and removes its socket. */
  async close(): Promise<void> {
    await this.#api?.close()
    for (const connection of this.#upgraded) connection.destroy()
    if (this.#server.listening) {
      this.#server.close()
      this.#server.closeAllConnections()
      await once(this.#server, 'close')
    }
    process.off('exit', this.#removeFolder)
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    // The client has left before the end of its body.
    const body = await buffer(incoming).catch(() => undefined)
    if (body === undefined) return
    respond(response, await this.#reply(incoming, body), incoming.method === 'HEAD')
  }

  async #reply(incoming: IncomingMessage, body: Buffer): Promise<Reply> {
    try {
      const request = this.#note(incoming, body)
      const failure = await this.#faults.apply(`${request.method} ${request.url}`)
      return await answer({ request, store: this.#store, commands: this.#commands, failure })
    } catch (error) {
      return refused(error)
    }
  }

  #note(incoming: IncomingMessage, body: Buffer): FakeRequest {
    const { method = 'GET', url = '/', headers } = incoming
    this.#requests.push(`${method} ${url}`)
    const [path = '', query = ''] = url.split('?')
    const segments = path.split('/').filter(Boolean).map(decodeURIComponent)
    return { method, segments, url: path, query: new URLSearchParams(query), headers, body }
  }

  async #upgrade(incoming: IncomingMessage, connection: Duplex): Promise<void> {
    this.#upgraded.add(connection)
    connection.once('close', () => this.#upgraded.delete(connection))
    connection.on('error', () => connection.destroy())
    try {
      const request = this.#note(incoming, Buffer.alloc(0))
      await this.#faults.apply(`${request.method} ${request.url}`)
      this.#connect(request, listener => new ServerSocket(incoming, connection, listener))
    } catch (error) {
      refuseUpgrade(connection, refused(error))
    }
  }

  #connect(request: FakeRequest, accept: Accept): void {
    const { segments, query } = request
    const [, kind, id = '', below] = segments
    if (request.headers.upgrade !== 'websocket') throw new Refusal(404, 'not found')
    if (kind === 'operations' && below === 'websocket') this.#commands.attach(id, query.get('secret'), accept)
    else if (kind === 'events') this.#subscribe(query, accept)
    else throw new Refusal(404, 'not found')
  }

  #subscribe(query: URLSearchParams, accept: Accept): void {
    let unsubscribe = (): void => {}
    const socket = accept({ onClose: () => unsubscribe() })
    unsubscribe = this.#events.subscribe(socket, query)
  }
}
