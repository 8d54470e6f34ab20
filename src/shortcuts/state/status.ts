import { APIOperationException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { readItem } from '../shared/resource.ts'
import { backOff, isBusy } from '../shared/retry.ts'

/** The statuses that an instance can be brought to. */
export type TargetStatus = 'Running' | 'Stopped' | 'Frozen'

/** How to change an instance's state. */
export interface StatusOptions {
  /**
   * Seconds the instance gets to stop by itself, which the server counts; the path's `defaultTimeout` unless given.
   * No function takes longer than its `timeout`.
   */
  readonly timeout?: number
  /** Whether to stop at once, as if the power were cut. */
  readonly force?: boolean
}

// From the status that an instance has, to the one it should have; any other status is like 'Stopped' to what
// starts, and like 'Running' to what stops.
const ACTIONS: Readonly<Record<TargetStatus, Readonly<Record<string, readonly string[]>>>> = {
  Running: { Running: [], Frozen: ['unfreeze'], other: ['start'] },
  Stopped: { Stopped: [], other: ['stop'] },
  Frozen: { Frozen: [], Running: ['freeze'], other: ['start', 'freeze'] },
}

// 100 ms from one to the next.
const MAX_READS = 20

/** Refuses what an instance can't be brought to. */
export function checkStatus(status: unknown): asserts status is TargetStatus {
  if (typeof status === 'string' && Object.hasOwn(ACTIONS, status)) return
  throw new TypeError(`status must be one of ${Object.keys(ACTIONS).join(', ')}, not ${String(status)}`)
}

/** Brings an instance from the status it has to another. */
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

/** Does one thing to an instance that runs, or starts it. */
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

// A little after a start that failed, Incus 6.0 tells for half a second of an instance that runs.
async function waitUntilStopped(instance: Path): Promise<void> {
  for (let reads = 0, notRunning = 0; reads < MAX_READS && notRunning < 2; reads++) {
    notRunning = (await readItem(instance)).metadata.status === 'Running' ? 0 : notRunning + 1
    await backOff(2)
  }
}
