import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { disownFolders } from './clean-up.ts'
import { freePort } from './free-port.ts'
import { findProgram, type Kind, type ServerKind, serverKinds } from './server-kinds.ts'
import { socketRequest } from './socket-request.ts'

/** Where a daemon listens for remote clients. */
export interface Endpoint {
  readonly baseUrl: string
  /** The server's certificate as PEM text. */
  readonly serverCert: string
  readonly serverCertPath: string
}

/** What `API.factory()` needs to reach a daemon. */
export interface Connection {
  readonly socketPath?: string
  readonly baseUrl?: string
  readonly serverCert?: string
  readonly cert?: string
  readonly key?: string
}

/** How the command line program is called. */
export interface CliOptions {
  readonly input?: string
  readonly env?: NodeJS.ProcessEnv
}

/** How much a certificate that is enrolled may do. */
export interface TrustOptions {
  readonly name?: string
  readonly restricted?: boolean
  readonly projects?: readonly string[]
}

/** A private LXD or Incus in a temporary folder of its own. */
export class Daemon {
  readonly kind: Kind
  readonly dir: string
  readonly socketPath: string
  /** The version the server states. */
  version = ''
  /** How a client reaches it; the socket, unless a test says otherwise. */
  connection: Connection
  readonly #server: ServerKind
  #process: ChildProcess | undefined
  #endpoint: Endpoint | undefined

  constructor(kind: Kind, dir: string) {
    this.kind = kind
    this.dir = dir
    this.socketPath = join(dir, 'unix.socket')
    this.connection = { socketPath: this.socketPath }
    this.#server = serverKinds[kind]
    mkdirSync(join(dir, 'client'))
  }

  /** Starts it, again after `kill()`, and resolves when it is ready. */
  async start(): Promise<void> {
    const output = openSync(join(this.dir, 'stderr.log'), 'a')
    const args = ['--group', 'root', '--logfile', join(this.dir, 'daemon.log')]
    // Detached, because Ctrl-C must reach us, who shut it down, and not the daemon itself.
    const child = spawn(findProgram(this.#server.daemons) ?? '', args, {
      detached: true,
      env: this.#environment(),
      stdio: ['ignore', output, output],
    })
    child.unref()
    closeSync(output)
    this.#process = child
    await this.#ready(child)
    this.version = (await this.#serverInfo()).environment.server_version
  }

  // Asks what `lxd waitready` asks, without a program that would outlive us.
  async #ready(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + 60_000
    for (;;) {
      const failure = await this.request('GET', '/internal/ready').then(() => undefined, String)
      if (failure === undefined) return
      const end = child.exitCode ?? child.signalCode
      if (end !== null || Date.now() > deadline) {
        throw new Error(`${this.#server.title} does not start (${end ?? failure}):\n${this.log()}`)
      }
      await delay(20)
    }
  }

  async #serverInfo(): Promise<{ environment: { server_version: string } }> {
    // The shape every LXD and Incus answers with to a trusted client.
    return (await this.request('GET', '/1.0')) as { environment: { server_version: string } }
  }

  #environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const { dirVariable, confVariable } = this.#server
    const { INCUS_SOCKET, INCUS_REMOTE, INCUS_PROJECT, LXC_REMOTE, ...env } = process.env
    return { ...env, [dirVariable]: this.dir, [confVariable]: join(this.dir, 'client'), ...extra }
  }

  #run(program: string, args: readonly string[], { input, env }: CliOptions = {}): Promise<string> {
    const options = { env: this.#environment(env), maxBuffer: Number.POSITIVE_INFINITY }
    return new Promise((resolve, reject) => {
      const child = execFile(program, args, options, (error, stdout) =>
        error ? reject(error) : resolve(stdout),
      )
      child.stdin?.end(input)
    })
  }

  /** Runs `lxc` or `incus` with a configuration of its own in this daemon's folder, and returns what it prints. */
  cli(args: readonly string[], options?: CliOptions): Promise<string> {
    return this.#run(this.#server.client, args, options)
  }

  /** Sends a request over the socket, waits for its operation, and returns its metadata. */
  request(method: string, path: string, body?: unknown): Promise<unknown> {
    return socketRequest(this.socketPath, method, path, body)
  }

  /** Makes it listen on a free port of 127.0.0.1. */
  async listenHttps(): Promise<Endpoint> {
    if (this.#endpoint) return this.#endpoint
    const address = `127.0.0.1:${await freePort()}`
    await this.request('PATCH', '/1.0', { config: { 'core.https_address': address } })
    const serverCertPath = join(this.dir, 'server.crt')
    const serverCert = readFileSync(serverCertPath, 'utf8')
    this.#endpoint = { baseUrl: `https://${address}`, serverCert, serverCertPath }
    return this.#endpoint
  }

  /** Sets the trust password, which LXD knew up to 5.0. */
  async setTrustPassword(password: string): Promise<void> {
    await this.request('PATCH', '/1.0', { config: { 'core.trust_password': password } })
  }

  /** Enrols a client's certificate. */
  async trust(
    certPem: string,
    { name = 'test', restricted = false, projects = [] }: TrustOptions = {},
  ): Promise<void> {
    const certificate = certPem.replace(/-----[^-]+-----|\s/g, '')
    await this.request('POST', '/1.0/certificates', {
      type: 'client',
      name,
      restricted,
      projects,
      certificate,
    })
  }

  /** The end of what the daemon logged. */
  log(lines = 50): string {
    const file = join(this.dir, 'stderr.log')
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : ''
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.ref()
    child.kill(signal)
    await ended
  }

  /** Stops the daemon and starts it again in the same folder; its containers run on meanwhile. */
  async restart(): Promise<void> {
    const impatience = setTimeout(() => this.#process?.kill('SIGKILL'), 20_000)
    await this.#end('SIGTERM')
    clearTimeout(impatience)
    await this.start()
  }

  /** Ends the daemon without any notice; its containers run on. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Ends it and its containers, and removes all traces. */
  async stop(): Promise<void> {
    await stopAll([this])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

/** Stops several daemons at once. */
export async function stopAll(daemons: readonly Daemon[]): Promise<void> {
  await disownFolders(daemons.map(({ dir }) => dir))
}
