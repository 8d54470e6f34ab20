import { checkNames } from '../../request/options.ts'
import { type InstancePath, instanceAt } from '../shared/item-path.ts'
import { COMMON_OPTIONS, type CommonOptions, signalsOf, withLimits } from '../shared/limits.ts'
import { checkLocalPort } from '../shared/port.ts'
import type { PortForward } from './port-forward.ts'
import { targetOf } from './target.ts'

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
    const { forwardPort } = await import('./port-forward.ts')
    const signals = signalsOf(path, options.signal)
    return forwardPort(path, { localPort, target, onError, signals }, limit)
  })
}
