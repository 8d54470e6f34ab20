import { textIn } from '../../answer/metadata.ts'
import { operationIn } from '../../checked-path.ts'
import { type Path, withoutSignals } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { handshakeTimeout } from '../../websocket/handshake.ts'
import type { APIWebSocket } from '../../websocket/websocket.ts'

/** The websockets of an operation by name: file descriptors, and `control`. */
export type OperationSockets<Name extends string> = Readonly<Record<Name | 'control', APIWebSocket>>

/**
 * Opens the websockets of the operation that a result started, within the few seconds that a server allows.
 *
 * If one is refused, none stays open. The signal also closes them later.
 */
export async function openSockets<Name extends string>(
  started: APIResult,
  names: readonly Name[],
  signal: AbortSignal | undefined,
): Promise<OperationSockets<Name>> {
  const control = await openControl(started, signal)
  const opened = await Promise.allSettled(names.map(name => open(started, pathOf(started), name, signal)))
  const refused = opened.find(one => one.status === 'rejected')
  if (refused !== undefined) {
    for (const one of opened) if (one.status === 'fulfilled') one.value.terminate()
    control.terminate()
    throw refused.reason
  }
  const streams = opened.map((one, n) => [names[n], one.status === 'fulfilled' && one.value])
  // Safe cast: none was refused.
  return Object.fromEntries([['control', control], ...streams]) as OperationSockets<Name>
}

/**
 * Opens the websockets of a command with a terminal. The signal ends the control, by which the server kills the command;
 * what appears on the terminal is received until the server ends it, as the servers' own programs do.
 *
 * LXD 5.0 goes on to read from the number of a file descriptor that it closes when this websocket is closed before: where
 * that number has become another file by then, the operation never ends.
 */
export async function openTerminal(
  started: APIResult,
  signal: AbortSignal | undefined,
): Promise<OperationSockets<'0'>> {
  const control = await openControl(started, signal)
  const opening = open(started, withoutSignals(pathOf(started)), '0')
  opening.then(
    socket => socket.lingerOnClose(),
    () => {},
  )
  try {
    return { control, 0: await Promise.race([opening, rejectWhenClosedLocally(control)]) }
  } catch (error) {
    control.terminate()
    opening.then(
      socket => socket.terminate(),
      () => {},
    )
    throw error
  }
}

// The control comes first: a command starts once the others are open, and if it ends while its control is still
// connecting, LXD 5.0 waits for that control to be closed, forever.
function openControl(started: APIResult, signal: AbortSignal | undefined): Promise<APIWebSocket> {
  return open(started, pathOf(started), 'control', signal)
}

function pathOf(started: APIResult): Path {
  return operationIn(started).path('websocket')
}

async function open(
  started: APIResult,
  path: Path,
  name: string,
  signal?: AbortSignal,
): Promise<APIWebSocket> {
  const secret = textIn(started, 'metadata', 'fds', name).toWellFormed()
  return path.websocket({
    query: { secret },
    signal,
    idleTimeout: handshakeTimeout(started.request.idleTimeout),
  })
}

/** Rejects with the reason when this side closes a websocket. */
async function rejectWhenClosedLocally(socket: APIWebSocket): Promise<never> {
  await socket.closed
  if (socket.isClosedLocally) throw socket.failure
  return new Promise(() => {})
}
