import { finished } from 'node:stream/promises'
import { Deadline } from '../../common/deadline.ts'
import { APIConnectionException, APIOperationException, APIPortException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { backOffRandomly } from '../shared/retry.ts'
import { connectByCommand } from './command-channel.ts'
import { InstanceConnection } from './connection.ts'
import { serverBreak, serverFailure } from './port-failure.ts'
import type { Target } from './target.ts'
import { findWay, forgetWay, isWayKnown, type Way } from './way.ts'

const MAX_ATTEMPTS = 3

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
