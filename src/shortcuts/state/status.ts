import { APIOperationException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { readItem } from '../shared/resource.ts'
import { backOff, isBusy } from '../shared/retry.ts'

/** The statuses that an instance can be set to. */
export type TargetStatus = 'Running' | 'Stopped' | 'Frozen'

/** Options of changing an instance's status. */
export interface StatusOptions {
  /**
   * Seconds the instance has to shut down, which the server counts; the path's `defaultTimeout` by default. No function
   * takes longer than its `timeout`.
   */
  readonly timeout?: number
  /** Whether to stop at once, as if the power were cut. */
  readonly force?: boolean
}

// The actions by desired status and current status; `other` is any status that is not listed.
const ACTIONS: Readonly<Record<TargetStatus, Readonly<Record<string, readonly string[]>>>> = {
  Running: { Running: [], Frozen: ['unfreeze'], other: ['start'] },
  Stopped: { Stopped: [], other: ['stop'] },
  Frozen: { Frozen: [], Running: ['freeze'], other: ['start', 'freeze'] },
}

// 100 ms from one to the next.
const MAX_READS = 20

/** Rejects a status that an instance can't be set to. */
export function checkStatus(status: unknown): asserts status is TargetStatus {
  if (typeof status === 'string' && Object.hasOwn(ACTIONS, status)) return
  throw new TypeError(`status must be one of ${Object.keys(ACTIONS).join(', ')}, not ${String(status)}`)
}

/** Changes the status of an instance from one to another. */
export async function applyStatus(
  instance: Path,
  from: unknown,
  to: unknown,
  options: StatusOptions,
): Promise<void> {
  checkStatus(to)
  const actions = ACTIONS[to]
  for (const action of actions[String(from)] ?? actions.other ?? [])
    await changeState(instance, action, options)
}

/** Runs one action on the state of an instance. */
export async function changeState(instance: Path, action: string, options: StatusOptions): Promise<void> {
  const { timeout = instance.defaultTimeout, force } = options
  const ofStop = action === 'stop' || action === 'restart' ? { timeout, force } : {}
  try {
    await instance.state.put({ action, ...ofStop }).wait()
  } catch (error) {
    if (action === 'start' && error instanceof APIOperationException && !isBusy(error))
      await waitUntilStopped(instance)
    throw error
  }
}

// Shortly after a failed start, Incus 6.0 reports the instance as running for half a second.
async function waitUntilStopped(instance: Path): Promise<void> {
  for (let reads = 0, notRunning = 0; reads < MAX_READS && notRunning < 2; reads++) {
    notRunning = (await readItem(instance)).metadata.status === 'Running' ? 0 : notRunning + 1
    await backOff(2)
  }
}
