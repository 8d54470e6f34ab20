import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { onAbort } from '../../common/abort.ts'
import { contextOf, type Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import { type InstancePath, instanceAt } from '../shared/item-path.ts'
import { COMMON_OPTIONS, type CommonOptions, signalsOf, withLimits } from '../shared/limits.ts'
import { checkLocalPort } from '../shared/port.ts'
import { joinClient } from './join-client.ts'
import { targetOf } from './target.ts'
import { findWay } from './way.ts'

/** Options of {@link forward}. */
export interface ForwardOptions extends CommonOptions {
  /** The port to listen on; a free one by default. */
  readonly localPort?: number
  /** The IP address to connect to from inside the instance; 127.0.0.1 by default. */
  readonly address?: string
  /** Called with the error of each connection into the instance that fails; its client gets a reset. */
  readonly onError?: (error: unknown) => void
  /** Ends the forwarding, also later. */
  readonly signal?: AbortSignal
  /** Seconds until it listens, then {@link APITimeoutException}. */
  readonly timeout?: number
}

const OPTIONS: ReadonlySet<string> = new Set<keyof ForwardOptions>([
  ...COMMON_OPTIONS,
  'localPort',
  'address',
  'onError',
])

/** A port of this machine that leads into an instance; see {@link forward}. */
export class PortForward {
  /** The port on 127.0.0.1. */
  readonly port: number
  readonly #close: () => Promise<void>

  /** @internal They come from `forward()`. */
  constructor(port: number, close: () => Promise<void>) {
    this.port = port
    this.#close = close
  }

  /** `http://127.0.0.1:port` */
  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Listens no more, and ends all connections; resolves when nothing of them is left in the instance. */
  async close(): Promise<void> {
    await this.#close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/**
 * Listens on a port of this machine, on 127.0.0.1 only, and connects each client to a TCP port inside an instance, as
 * {@link connect} does. Closing the API ends it. An open one keeps the process alive.
 *
 * @throws {APIException} the instance does not run, or there is no way to connect
 * @throws {Error} the local port is taken: its `code` is `EADDRINUSE`
 * @example
 * await using web = await forward(api.instances.web, 80)
 * console.log(await (await fetch(web.url)).text())
 */
export async function forward(
  instance: InstancePath,
  port: number,
  options: ForwardOptions = {},
): Promise<PortForward> {
  checkNames(options, OPTIONS, 'forward()')
  const path = instanceAt(instance, 'forward()')
  const { localPort = 0, address, onError = () => {} } = options
  const target = targetOf(port, address, 'forward()')
  checkLocalPort('forward(): localPort', localPort)
  return withLimits(path, options, 'forward()', async limit => {
    await findWay(path, limit)
    const stop = new AbortController()
    const connections = new Set<Promise<void>>()
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, socket => {
      const connection = joinClient(socket, path, target, stop.signal, onError)
      connections.add(connection)
      void connection.finally(() => connections.delete(connection))
    })
    const close = async (): Promise<void> => {
      server.close()
      stop.abort(new Error('The forwarding was closed'))
      await Promise.all(connections)
    }
    const listening = new PortForward(await listen(server, localPort), close)
    server.on('error', onError)
    closeWithSignals(listening, server, path, options.signal)
    return listening
  })
}

async function listen(server: Server, localPort: number): Promise<number> {
  server.listen(localPort, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  // A server that listens on an address and a port has an object here.
  return typeof address === 'object' && address !== null ? address.port : localPort
}

function closeWithSignals(
  forwarding: PortForward,
  server: Server,
  path: Path,
  signal: AbortSignal | undefined,
): void {
  const { client } = contextOf(path)
  const close = (): void => void forwarding.close()
  const removeCloser = client.closeWithIt(close)
  const removeAbortListener = onAbort(signalsOf(path, signal), close)
  server.once('close', () => {
    removeCloser()
    removeAbortListener()
  })
}
