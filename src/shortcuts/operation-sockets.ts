import { textIn } from '../answer-metadata.ts'
import { operationIn } from '../checked-path.ts'
import type { APIResult } from '../result.ts'
import type { APIWebSocket } from '../websocket/websocket.ts'

/** The websockets of an operation by what each is for. */
export type OperationSockets<Name extends string> = Readonly<Record<Name | 'control', APIWebSocket>>

// Seconds; a server gives up after 5.
const PATIENCE = 10

/**
 * Opens the websockets of the operation that a result started, in the few seconds that a server gives for it.
 *
 * Where one is refused, none stays open. The signal ends them also later.
 */
export async function openSockets<Name extends string>(
  started: APIResult,
  names: readonly Name[],
  signal: AbortSignal | undefined,
): Promise<OperationSockets<Name>> {
  const path = operationIn(started).path('websocket')
  const secrets = new Map(['control', ...names].map(name => [name, textIn(started, 'metadata', 'fds', name)]))
  const timeout = Math.min(PATIENCE, started.request.timeout ?? PATIENCE)
  const open = (name: string): Promise<APIWebSocket> =>
    path.websocket({ query: { secret: secrets.get(name)?.toWellFormed() }, signal, timeout })
  // The control comes first: a command starts once the others are there, and one that ended just while its control was
  // being connected has LXD 5.0 wait for that control to be closed, for ever.
  const control = await open('control')
  const opened = await Promise.allSettled(names.map(open))
  const refused = opened.find(one => one.status === 'rejected')
  if (refused !== undefined) {
    for (const one of opened) if (one.status === 'fulfilled') one.value.terminate()
    control.terminate()
    throw refused.reason
  }
  const streams = opened.map((one, n) => [names[n], one.status === 'fulfilled' && one.value])
  // True: none was refused.
  return Object.fromEntries([['control', control], ...streams]) as OperationSockets<Name>
}
