import { finished } from 'node:stream/promises'
import { destroyOnAbort } from '../../common/abort.ts'
import { Deadline } from '../../common/deadline.ts'
import { APIConnectionException, APIOperationException, APIPortException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import { type InstancePath, instanceAt } from '../shared/item-path.ts'
import { COMMON_OPTIONS, type CommonOptions, signalsOf, withLimits } from '../shared/limits.ts'
import { backOffRandomly } from '../shared/retry.ts'
import { connectByCommand } from './command-channel.ts'
import { InstanceConnection } from './connection.ts'
import { serverBreak, serverFailure } from './port-failure.ts'
import { type Target, targetOf } from './target.ts'
import { findWay, forgetWay, isWayKnown, type Way } from './way.ts'

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

const MAX_ATTEMPTS = 3
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
    const connection = await connectTo(path, target, limit)
    destroyOnAbort(connection, signalsOf(path, options.signal))
    return connection
  })
}

/** Connects to a target, given the checked path of an instance. The signal aborts that, and nothing later. */
export async function connectTo(
  instance: Path,
  target: Target,
  signal: AbortSignal | undefined,
): Promise<InstanceConnection> {
  const connecting = new Deadline({ signal })
  try {
    return await connectOrRetry(instance, target, connecting.signal)
  } finally {
    connecting.clear()
  }
}

// Until it is connected, nothing was sent to the port: that may be repeated.
async function connectOrRetry(
  instance: Path,
  target: Target,
  signal: AbortSignal,
): Promise<InstanceConnection> {
  for (let attempt = 1; ; attempt++) {
    const wasKnown = isWayKnown(instance)
    try {
      return await open(instance, await findWay(instance, signal), target, signal)
    } catch (error) {
      if (signal.aborted || attempt === MAX_ATTEMPTS || isPortFailure(error)) throw error
      if (isOverloaded(error)) {
        await backOffRandomly(attempt)
        continue
      }
      // The instance may have lost the program, or be another one of the same name.
      forgetWay(instance)
      if (!wasKnown) throw error
    }
  }
}

function isPortFailure(error: unknown): boolean {
  return error instanceof APIPortException && error.code !== undefined
}

/** Whether a server was too slow to accept the websockets of a command, for which it allows a few seconds. */
function isOverloaded(error: unknown): boolean {
  if (error instanceof APIConnectionException) return true
  return error instanceof APIOperationException && /websocket/i.test(error.error)
}

async function open(
  instance: Path,
  way: Way,
  target: Target,
  signal: AbortSignal,
): Promise<InstanceConnection> {
  return way === 'port-forward'
    ? connectByServer(instance, target, signal)
    : connectByCommand(instance, way, target, signal)
}

async function connectByServer(
  instance: Path,
  target: Target,
  signal: AbortSignal,
): Promise<InstanceConnection> {
  try {
    const body = { address: target.address, port: target.port }
    const socket = await instance['port-forward'].upgrade('tcp', { body, signal })
    const ended = finished(socket, { writable: false }).catch(error => {
      throw serverBreak(error, instance, target)
    })
    const destroy = async (): Promise<void> => void socket.destroy()
    return new InstanceConnection({ input: socket, output: socket, ended, destroy })
  } catch (error) {
    throw serverFailure(error, target)
  }
}
