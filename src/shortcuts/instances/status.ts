import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { APIResult } from '../../result.ts'
import type { ItemOf } from '../shared/item-of.ts'
import { type InstancePath, instanceAt } from '../shared/item-path.ts'
import { CHANGE_OPTIONS, withLimitedPath } from '../shared/limits.ts'
import { readItem } from '../shared/resource.ts'
import { converge, type Step } from '../state/converge.ts'
import { type Outcome, outcomeOf, type PresentOptions, presentOrFail } from '../state/present.ts'
import { changeState, checkStatus, type StatusOptions, type TargetStatus } from '../state/status.ts'

const OPTIONS: ReadonlySet<string> = new Set<keyof PresentOptions>([...CHANGE_OPTIONS, 'force'])

/**
 * Makes sure that an instance runs; a frozen one is unfrozen.
 *
 * @throws {APINotFoundException} there is no such instance; so do all functions here
 * @throws {APIOperationException} it failed to start
 * @example
 * const { changed } = await start(api.instances.web)
 */
export async function start<P extends InstancePath>(
  instance: P,
  options: PresentOptions = {},
): Promise<Outcome<ItemOf<P>>> {
  return applyStatus(instance, 'Running', options, 'start()')
}

/**
 * Makes sure that an instance is stopped. It has `timeout` seconds to shut down, by default the path's `defaultTimeout`;
 * with `force`, none.
 *
 * @throws {APIOperationException} it did not stop in time
 * @example
 * await stop(api.instances.web, { timeout: 60 })
 */
export async function stop<P extends InstancePath>(
  instance: P,
  options: PresentOptions = {},
): Promise<Outcome<ItemOf<P>>> {
  return applyStatus(instance, 'Stopped', options, 'stop()')
}

/** Makes sure that an instance is frozen; one that is stopped is started first. */
export async function freeze<P extends InstancePath>(
  instance: P,
  options: PresentOptions = {},
): Promise<Outcome<ItemOf<P>>> {
  return applyStatus(instance, 'Frozen', options, 'freeze()')
}

/** Makes sure that an instance is not frozen; one that is stopped stays so. */
export async function unfreeze<P extends InstancePath>(
  instance: P,
  options: PresentOptions = {},
): Promise<Outcome<ItemOf<P>>> {
  return act(instance, options, 'unfreeze()', status => (status === 'Frozen' ? 'unfreeze' : undefined))
}

/** Restarts an instance; one that is stopped is started. It is always `changed`. */
export async function restart<P extends InstancePath>(
  instance: P,
  options: PresentOptions = {},
): Promise<Outcome<ItemOf<P>>> {
  return act(instance, options, 'restart()', status => (status === 'Stopped' ? 'start' : 'restart'))
}

/** Brings an instance that exists to a status. */
export async function applyStatus(
  instance: InstancePath,
  status: TargetStatus,
  options: PresentOptions,
  call: string,
): Promise<Outcome> {
  checkNames(options, OPTIONS, call)
  checkStatus(status)
  return withLimitedPath(instanceAt(instance, call), options, call, path =>
    presentOrFail(path, { status }, options, readItem),
  )
}

/** Takes the one action that the status of an instance calls for. */
async function act(
  instance: InstancePath,
  options: PresentOptions,
  call: string,
  choose: (status: unknown) => string | undefined,
): Promise<Outcome> {
  checkNames(options, OPTIONS, call)
  return withLimitedPath(instanceAt(instance, call), options, call, async path => {
    const next = ({ metadata: { status } }: APIResult): Step | undefined => {
      const action = choose(status)
      return action === undefined ? undefined : actionOf(path, status, action, options)
    }
    return outcomeOf(await converge({ path, read: () => readItem(path), next }, options.check))
  })
}

function actionOf(path: Path, from: unknown, action: string, options: StatusOptions): Step {
  const difference = [{ path: ['status'], from, to: 'Running' }]
  return { difference, isLast: true, run: () => changeState(path, action, options) }
}
