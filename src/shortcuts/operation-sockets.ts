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
  // True: what asks for websockets is answered with an operation.
  const { operation } = started.data as { operation: string }
  const path = started.api.forUrl(operation).path('websocket')
  const secrets: Record<string, string> = started.metadata.metadata.fds
  const timeout = Math.min(PATIENCE, started.request.timeout ?? PATIENCE)
  const open = (name: string): Promise<APIWebSocket> =>
    path.websocket({ query: { secret: secrets[name] }, signal, timeout })
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
