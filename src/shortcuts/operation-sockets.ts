import { isRecord } from '../envelope.ts'
import { APINotFoundException, APIOperationException } from '../exceptions.ts'
import type { Path } from '../path.ts'
import type { APIResult } from '../result.ts'
import type { APIWebSocket } from '../websocket.ts'

/** The websockets of an operation by what each is for; a control that came too late for a short command is `undefined`. */
export type OperationSockets<Name extends string> = Readonly<Record<Name, APIWebSocket>> & {
  readonly control: APIWebSocket | undefined
}

// Seconds; a server gives up after 5.
const PATIENCE = 10

/**
 * Opens the websockets of the operation that a result started, all at once, as the server wants it.
 *
 * Where one is refused, none stays open. The signal ends them also later.
 */
export async function openSockets<Name extends string>(
  started: APIResult,
  names: readonly Name[],
  signal: AbortSignal | undefined,
): Promise<OperationSockets<Name>> {
  // True: what asks for websockets is answered with an operation.
  const { operation: url } = started.data as { operation: string }
  const operation = started.api.forUrl(url)
  const secrets: Record<string, string> = started.metadata.metadata.fds
  const open = (name: string): Promise<APIWebSocket> =>
    operation.path('websocket').websocket({ query: { secret: secrets[name] }, signal, timeout: PATIENCE })
  const [control, ...streams] = await Promise.allSettled(['control', ...names].map(open))
  const opened = [control, ...streams].map(one => (one?.status === 'fulfilled' ? one.value : undefined))
  try {
    for (const one of streams) if (one.status === 'rejected') throw one.reason
    if (control?.status === 'rejected' && !(await hasEnded(operation))) throw control.reason
  } catch (error) {
    for (const socket of opened) socket?.terminate()
    throw error
  }
  // True: all of them are open.
  return Object.fromEntries(
    ['control', ...names].map((name, n) => [name, opened[n]]),
  ) as OperationSockets<Name>
}

// Servers start a command without its control, and one that is short may be over before that was connected.
async function hasEnded(operation: Path): Promise<boolean> {
  try {
    const { metadata } = await operation.get()
    return isRecord(metadata) && Number(metadata.status_code) >= 200
  } catch (error) {
    if (error instanceof APINotFoundException || error instanceof APIOperationException) return true
    throw error
  }
}
