import { objectsIn, textIn } from '../../answer/metadata.ts'
import { APIException } from '../../errors/exceptions.ts'
import { malformed } from '../../errors/malformed-answer.ts'
import type { Path } from '../../path.ts'
import type { InstanceAction } from '../../rest.ts'
import { isPlainName } from '../shared/plain-names.ts'
import { type ApiRoot, versionOf } from '../shared/resource.ts'
import { extensionsIn } from '../shared/server-info.ts'
import type { StatusOptions } from '../state/status.ts'
import { instanceFreeze, instanceRestart, instanceStart, instanceStop, instanceUnfreeze } from './status.ts'

/** What became of one instance. */
export interface InstanceOutcome {
  readonly name: string
  /** Was anything changed? */
  readonly changed: boolean
  /** Why it is not as asked for. */
  readonly error?: unknown
}

/** How to change the state of many instances. */
export interface InstancesOptions extends StatusOptions {
  /** How many to work on at once, where the server doesn't do it by itself; 8 unless given. */
  readonly concurrency?: number
}

/** Which instances: a filter in the server's language, such as `config.user.tier eq web`, or a function of each instance. */
export type InstanceFilter = string | ((instance: Found) => boolean)

/** An instance as `GET /1.0/instances?recursion=1` tells it. */
export interface Found {
  readonly name: string
  readonly status: string
  readonly config: Readonly<Record<string, string>>
  readonly profiles: readonly string[]
  readonly [field: string]: unknown
}

// From the statuses that the action changes, and the one that it leads to. As in the servers' own bulk call, freezing is for what runs.
const ACTIONS: Readonly<
  Record<
    InstanceAction,
    { readonly act: typeof instanceStart; readonly from: readonly string[]; readonly to: string }
  >
> = {
  start: { act: instanceStart, from: ['Stopped'], to: 'Running' },
  stop: { act: instanceStop, from: ['Running', 'Frozen'], to: 'Stopped' },
  restart: { act: instanceRestart, from: ['Running'], to: 'Running' },
  freeze: { act: instanceFreeze, from: ['Running'], to: 'Frozen' },
  unfreeze: { act: instanceUnfreeze, from: ['Frozen'], to: 'Running' },
}

const BULK = 'instance_bulk_state_change'

/**
 * Starts, stops, restarts, freezes or unfreezes many instances: those that a filter lets through, or all of the
 * project. Without a filter it is one call, where the server has that; else one by one, some at a time.
 *
 * @returns what became of each that the action is for; one that fails has its `error` and is in no other's way
 * @example
 * const outcomes = await instancesState(api, 'stop', 'config.user.tier eq web', { timeout: 60 })
 * for (const { name, error } of outcomes) if (error) console.error(name, error)
 */
export async function instancesState(
  api: ApiRoot,
  action: InstanceAction,
  filter?: InstanceFilter,
  options: InstancesOptions = {},
): Promise<readonly InstanceOutcome[]> {
  if (!Object.hasOwn(ACTIONS, action))
    throw new TypeError(`action must be one of ${Object.keys(ACTIONS).join(', ')}, not ${String(action)}`)
  const version = versionOf(api)
  const { from } = ACTIONS[action]
  const found = (await list(version, filter)).filter(({ status }) => from.includes(status))
  if (found.length === 0) return []
  if (filter === undefined && (await hasBulk(version))) return inBulk(version, action, found, options)
  return oneByOne(api, action, found, options)
}

async function list(version: Path, filter: InstanceFilter | undefined): Promise<readonly Found[]> {
  const query = { recursion: 1, filter: typeof filter === 'string' ? filter : undefined }
  const listed = await version.instances.get({ query })
  const found = objectsIn(listed).map((instance, index) => {
    const [name, status] = [textIn(listed, index, 'name'), textIn(listed, index, 'status')]
    if (!isPlainName(name)) throw malformed(listed, `The answer has an instance ${JSON.stringify(name)}`)
    // Safe cast: the other fields are for the filter of whoever calls.
    return { ...instance, name, status } as Found
  })
  return typeof filter === 'function' ? found.filter(filter) : found
}

async function hasBulk(version: Path): Promise<boolean> {
  return extensionsIn(await version.get()).has(BULK)
}

async function inBulk(
  version: Path,
  action: InstanceAction,
  found: readonly Found[],
  { timeout = version.defaultTimeout, force }: InstancesOptions,
): Promise<readonly InstanceOutcome[]> {
  const error = await failureOf(() => version.instances.put({ state: { action, timeout, force } }).wait())
  if (error === undefined) return found.map(({ name }) => ({ name, changed: true }))
  const failed = namesOfFailed(error)
  return found.map(({ name }) => {
    const isDone = failed.size > 0 && !failed.has(name)
    return isDone ? { name, changed: true } : { name, changed: false, error }
  })
}

/** Those that a bulk call failed for, by its own words; none where it failed as a whole. */
function namesOfFailed({ error }: APIException): ReadonlySet<string> {
  return new Set([...error.matchAll(/^ - Instance: ([^:]+): /gm)].map(([, name = '']) => name))
}

async function oneByOne(
  api: ApiRoot,
  action: InstanceAction,
  found: readonly Found[],
  { concurrency = 8, ...options }: InstancesOptions,
): Promise<readonly InstanceOutcome[]> {
  const outcomes: InstanceOutcome[] = []
  const queue = found.entries()
  const work = async () => {
    for (const [index, { name }] of queue) outcomes[index] = await actOn(api, action, name, options)
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return outcomes
}

async function actOn(
  api: ApiRoot,
  action: InstanceAction,
  name: string,
  options: StatusOptions,
): Promise<InstanceOutcome> {
  let changed = false
  const error = await failureOf(async () => {
    changed = await ACTIONS[action].act(api, name, options)
  })
  return error === undefined ? { name, changed } : { name, changed, error }
}

/** What an action failed with in its own right; a mistake in the call is thrown. */
async function failureOf(act: () => Promise<unknown>): Promise<APIException | undefined> {
  try {
    await act()
    return undefined
  } catch (error) {
    if (error instanceof APIException) return error
    throw error
  }
}
