import { destroyOnAbort } from '../../common/abort.ts'
import { checkNames } from '../../request/options.ts'
import { type InstancePath, instanceAt } from '../shared/item-path.ts'
import { COMMON_OPTIONS, type CommonOptions, signalsOf, withLimits } from '../shared/limits.ts'
import type { InstanceConnection } from './connection.ts'
import { targetOf } from './target.ts'

/** Options of {@link connect}. */
export interface ConnectOptions extends CommonOptions {
  /** The TCP port, from 1 to 65535. */
  readonly port: number
  /** The IP address to connect to from inside the instance; 127.0.0.1 by default. */
  readonly address?: string
  /** Aborts connecting, and destroys the connection later. */
  readonly signal?: AbortSignal
  /** Seconds that connecting may take, then {@link APITimeoutException}. */
  readonly timeout?: number
}

const OPTIONS: ReadonlySet<string> = new Set<keyof ConnectOptions>([...COMMON_OPTIONS, 'port', 'address'])

/**
 * Connects to a TCP port inside an instance, without a route to it: by the server (Incus >= 7.3), otherwise by the first of
 * `socat`, `nc`, `bash` and `python3` that the instance has. The connection is for `http.request()`, `pg`, `ssh2`,
 * `tls.connect()`: whatever takes a stream.
 *
 * @throws {APIPortException} nothing listens there: `code` is `ECONNREFUSED`
 * @throws {APIException} the instance does not run, or it has none of these programs
 * @example
 * const connection = await connect(api.instances.db, { port: 5432 })
 * const client = new pg.Client({ user: 'postgres', stream: () => connection })
 */
export async function connect(instance: InstancePath, options: ConnectOptions): Promise<InstanceConnection> {
  checkNames(options, OPTIONS, 'connect()')
  const path = instanceAt(instance, 'connect()')
  const target = targetOf(options.port, options.address, 'connect()')
  return withLimits(path, options, 'connect()', async limit => {
    const { connectTo } = await import('./connect-to.ts')
    const connection = await connectTo(path, target, limit)
    destroyOnAbort(connection, signalsOf(path, options.signal))
    return connection
  })
}
