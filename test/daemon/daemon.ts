import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { tearDownFolders } from './clean-up.ts'
import { freePort } from './free-port.ts'
import { clientsOf, findProgram, type Kind, type ServerKind, serverKinds } from './server-kinds.ts'
import { socketRequest } from './socket-request.ts'

/** Where a daemon listens for remote clients. */
export interface Endpoint {
  readonly baseUrl: string
  /** The server's certificate as PEM text. */
  readonly serverCert: string
  readonly serverCertPath: string
}

/** The options of `API.factory()` for a daemon. */
export interface Connection {
  readonly socketPath?: string
  readonly baseUrl?: string
  readonly serverCert?: string
  readonly cert?: string
  readonly key?: string
}

/** The options of a command line client. */
export interface CliOptions {
  readonly input?: string
  readonly env?: NodeJS.ProcessEnv
}

/** The name and the restrictions of a trusted certificate. */
export interface TrustOptions {
  readonly name?: string
  readonly restricted?: boolean
  readonly projects?: readonly string[]
}

/** A private LXD or Incus daemon in its own temporary folder. */
export class Daemon {
  readonly kind: Kind
  readonly dir: string
  readonly socketPath: string
  /** The server's version. */
  version = ''
  /** How clients connect to it; by default over the socket. */
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

  /** Starts it, also after `kill()`; resolves when it is ready. */
  async start(): Promise<void> {
    const output = openSync(join(this.dir, 'stderr.log'), 'a')
    const args = ['--group', 'root', '--logfile', join(this.dir, 'daemon.log')]
    // Detached, so that Ctrl-C reaches only this process, which shuts the daemon down.
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

  // Does what `lxd waitready` does, without a process that may outlive this one.
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
    // Safe cast: every LXD and Incus answers this to a trusted client.
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

  /** Runs `lxc` or `incus` with a configuration in this daemon's folder; resolves with its output. */
  cli(args: readonly string[], options?: CliOptions): Promise<string> {
    return this.#run(findProgram(clientsOf(this.#server)) ?? this.#server.client, args, options)
  }

  /** Sets it up by a preseed, as `lxd init` and `incus admin init` take it. */
  async init(preseed: object): Promise<void> {
    const [name, ...args] = this.#server.init
    const names = name === this.#server.client ? clientsOf(this.#server) : this.#server.daemons
    const program = findProgram(names) ?? name
    // JSON is YAML.
    await this.#run(program, [...args, '--preseed'], { input: JSON.stringify(preseed) })
  }

  /** Sends a request over the socket, waits for its operation, and resolves with the metadata. */
  request(method: string, path: string, body?: unknown): Promise<unknown> {
    return socketRequest(this.socketPath, method, path, body)
  }

  /** Makes it listen over HTTPS on a free port of 127.0.0.1. */
  async listenHttps(): Promise<Endpoint> {
    if (this.#endpoint) return this.#endpoint
    const address = `127.0.0.1:${await freePort()}`
    await this.request('PATCH', '/1.0', { config: { 'core.https_address': address } })
    const serverCertPath = join(this.dir, 'server.crt')
    const serverCert = readFileSync(serverCertPath, 'utf8')
    this.#endpoint = { baseUrl: `https://${address}`, serverCert, serverCertPath }
    return this.#endpoint
  }

  /** Sets the trust password, which LXD had up to 5.0. */
  async setTrustPassword(password: string): Promise<void> {
    await this.request('PATCH', '/1.0', { config: { 'core.trust_password': password } })
  }

  /** Makes it trust a client's certificate. */
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

  /** Returns the last lines of the daemon's log. */
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

  /** Restarts the daemon in the same folder; its containers keep running. */
  async restart(): Promise<void> {
    const killTimer = setTimeout(() => this.#process?.kill('SIGKILL'), 20_000)
    await this.#end('SIGTERM')
    clearTimeout(killTimer)
    await this.start()
  }

  /** Kills the daemon; its containers keep running. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Stops it with its containers, and removes its folder. */
  async stop(): Promise<void> {
    await stopAll([this])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

/** Stops several daemons concurrently. */
export async function stopAll(daemons: readonly Daemon[]): Promise<void> {
  await tearDownFolders(daemons.map(({ dir }) => dir))
}
