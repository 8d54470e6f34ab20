import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { onAbort, type Signals } from '../../common/abort.ts'
import { contextOf, type Path } from '../../path.ts'
import { joinClient } from './join-client.ts'
import type { Target } from './target.ts'
import { findWay } from './way.ts'

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

/** How a port is forwarded. */
export interface Forwarding {
  readonly localPort: number
  readonly target: Target
  readonly onError: (error: unknown) => void
  /** The signals that end it. */
  readonly signals: Signals | undefined
}

/** Listens on a port of this machine, once there is a way to connect to the instance; the signal aborts finding that. */
export async function forwardPort(
  instance: Path,
  { localPort, target, onError, signals }: Forwarding,
  signal: AbortSignal | undefined,
): Promise<PortForward> {
  await findWay(instance, signal)
  const stop = new AbortController()
  const connections = new Set<Promise<void>>()
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, socket => {
    const connection = joinClient(socket, instance, target, stop.signal, onError)
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
  closeWithSignals(listening, server, instance, signals)
  return listening
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
  instance: Path,
  signals: Signals | undefined,
): void {
  const { client } = contextOf(instance)
  const close = (): void => void forwarding.close()
  const removeCloser = client.closeWithIt(close)
  const removeAbortListener = onAbort(signals, close)
  server.once('close', () => {
    removeCloser()
    removeAbortListener()
  })
}
