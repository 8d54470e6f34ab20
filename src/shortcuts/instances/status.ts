import type { Path } from '../../path.ts'
import { type ApiRoot, readItem, versionOf } from '../shared/resource.ts'
import { converge, type Step } from '../state/converge.ts'
import { type PresentOptions, presentOrFail } from '../state/present.ts'
import { changeState, checkStatus, type StatusOptions, type TargetStatus } from '../state/status.ts'

/**
 * Makes sure that an instance is running, stopped or frozen.
 *
 * @returns whether anything had to be changed
 * @throws {APINotFoundException} there is no such instance
 * @throws {APIOperationException} it would not start, or did not stop in time
 */
export async function instanceApplyStatus(
  api: ApiRoot,
  name: string,
  status: TargetStatus,
  options: PresentOptions = {},
): Promise<boolean> {
  checkStatus(status)
  const instance = versionOf(api).instances.path(name)
  const { changed } = await presentOrFail(instance, { status }, options, readItem)
  return changed
}

/** Makes sure that an instance runs; a frozen one goes on. Returns whether anything had to be changed. */
export async function instanceStart(
  api: ApiRoot,
  name: string,
  options: PresentOptions = {},
): Promise<boolean> {
  return instanceApplyStatus(api, name, 'Running', options)
}

/**
 * Makes sure that an instance doesn't run. Returns whether anything had to be changed.
 *
 * @example
 * await instanceStop(api, 'web', { timeout: 60 })
 */
export async function instanceStop(
  api: ApiRoot,
  name: string,
  options: PresentOptions = {},
): Promise<boolean> {
  return instanceApplyStatus(api, name, 'Stopped', options)
}

/** Makes sure that an instance is frozen; one that is stopped is started first. Returns whether anything had to be changed. */
export async function instanceFreeze(
  api: ApiRoot,
  name: string,
  options: PresentOptions = {},
): Promise<boolean> {
  return instanceApplyStatus(api, name, 'Frozen', options)
}

/** Makes sure that an instance is not frozen; one that is stopped stays so. Returns whether anything had to be changed. */
export async function instanceUnfreeze(
  api: ApiRoot,
  name: string,
  options: PresentOptions = {},
): Promise<boolean> {
  return act(api, name, options, status => (status === 'Frozen' ? 'unfreeze' : undefined))
}

/**
 * Restarts an instance; one that is stopped is started.
 *
 * @returns `true`
 */
export async function instanceRestart(
  api: ApiRoot,
  name: string,
  options: PresentOptions = {},
): Promise<boolean> {
  return act(api, name, options, status => (status === 'Stopped' ? 'start' : 'restart'))
}

/** Does the one thing to an instance that its status calls for. */
async function act(
  api: ApiRoot,
  name: string,
  { check, ...options }: PresentOptions,
  choose: (status: unknown) => string | undefined,
): Promise<boolean> {
  const path = versionOf(api).instances.path(name)
  const next = ({ metadata: { status } }: { metadata: { status: unknown } }): Step | undefined => {
    const action = choose(status)
    return action === undefined ? undefined : actionOf(path, status, action, options)
  }
  const { difference } = await converge({ path, read: () => readItem(path), next }, check)
  return difference.length > 0
}

function actionOf(path: Path, from: unknown, action: string, options: StatusOptions): Step {
  const difference = [{ path: ['status'], from, to: 'Running' }]
  return { difference, isLast: true, run: () => changeState(path, action, options) }
}
