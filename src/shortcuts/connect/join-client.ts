import type { Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { onAbort } from '../../common/abort.ts'
import { ignoreErrors } from '../../common/ignore-errors.ts'
import { APIException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { connectTo } from './connect-to.ts'
import type { InstanceConnection } from './connection.ts'
import type { Target } from './target.ts'

/**
 * Connects a client of this machine to a target, and resolves when nothing is left of either connection.
 *
 * An error in the instance is passed to `onError`, and the client gets a reset: an end would look like a whole answer.
 */
export async function joinClient(
  client: Socket,
  instance: Path,
  target: Target,
  stop: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  ignoreErrors(client)
  try {
    await exchange(client, await connectTo(instance, target, stop), stop)
  } catch (error) {
    client.resetAndDestroy()
    if (!stop.aborted) onError(error)
  }
}

async function exchange(client: Socket, connection: InstanceConnection, stop: AbortSignal): Promise<void> {
  const closed = new Promise(resolve => connection.once('close', resolve))
  // Before the pipelines, which would end the client.
  connection.once('error', () => client.resetAndDestroy())
  const removeAbortListener = onAbort([stop], () => {
    client.resetAndDestroy()
    connection.destroy()
  })
  await Promise.allSettled([pipeline(client, connection), pipeline(connection, client)])
  await closed
  removeAbortListener()
  // What the client itself breaks off is none.
  if (connection.errored instanceof APIException) throw connection.errored
}
