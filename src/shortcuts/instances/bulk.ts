import { objectsIn, textIn } from '../../answer/metadata.ts'
import { APIException } from '../../errors/exceptions.ts'
import { malformed } from '../../errors/malformed-answer.ts'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { InstanceAction, Instances } from '../../rest.ts'
import { mapConcurrently } from '../shared/concurrency.ts'
import { checkConcurrency } from '../shared/integers.ts'
import { type AnyPath, asPath, itemTypeOf } from '../shared/item-path.ts'
import { CHANGE_OPTIONS, withLimitedPath } from '../shared/limits.ts'
import { isPlainName } from '../shared/plain-name.ts'
import { extensionsIn } from '../shared/server-info.ts'
import type { PresentOptions } from '../state/present.ts'
import { freeze, restart, start, stop, unfreeze } from './status.ts'

/** What {@link setStates} did to one instance. */
export interface InstanceOutcome {
  readonly name: string
  /** Whether anything was changed, or, with `check`, would be. */
  readonly changed: boolean
  /** The status it had before. */
  readonly from: string
  /** Whether it was passed over, since the action is not for instances of that status. */
  readonly skipped?: true
  /** Why it is not as asked for. */
  readonly error?: unknown
}

/** How to change the state of many instances. */
export interface SetStatesOptions extends PresentOptions {
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
    { readonly act: typeof start; readonly from: readonly string[]; readonly to: string }
  >
> = {
  start: { act: start, from: ['Stopped'], to: 'Running' },
  stop: { act: stop, from: ['Running', 'Frozen'], to: 'Stopped' },
  restart: { act: restart, from: ['Running'], to: 'Running' },
  freeze: { act: freeze, from: ['Running'], to: 'Frozen' },
  unfreeze: { act: unfreeze, from: ['Frozen'], to: 'Running' },
}

const BULK = 'instance_bulk_state_change'

const OPTIONS: ReadonlySet<string> = new Set<keyof SetStatesOptions>([
  ...CHANGE_OPTIONS,
  'force',
  'concurrency',
])

/**
 * Starts, stops, restarts, freezes or unfreezes many instances: those that a filter lets through, or all of the
 * project. Without a filter it is one call, where the server has that; otherwise one by one, some at a time.
 *
 * @returns an outcome for each instance that the filter lets through; one that fails has its `error` and stops no other
 * @example
 * const outcomes = await setStates(api.instances, 'stop', 'config.user.tier eq web', { timeout: 60 })
 * for (const { name, error } of outcomes) if (error) console.error(name, error)
 */
export async function setStates(
  instances: Path | Instances,
  action: InstanceAction,
  filter?: InstanceFilter,
  options: SetStatesOptions = {},
): Promise<readonly InstanceOutcome[]> {
  const call = 'setStates()'
  itemTypeOf(instances as AnyPath, ['list of instances'], call)
  checkNames(options, OPTIONS, call)
  checkConcurrency(options.concurrency, call)
  if (!Object.hasOwn(ACTIONS, action))
    throw new TypeError(`action must be one of ${Object.keys(ACTIONS).join(', ')}, not ${String(action)}`)
  return withLimitedPath(asPath(instances as AnyPath), options, call, path =>
    setAll(path, action, filter, options),
  )
}

async function setAll(
  instances: Path,
  action: InstanceAction,
  filter: InstanceFilter | undefined,
  options: SetStatesOptions,
): Promise<readonly InstanceOutcome[]> {
  const all = await list(instances, filter)
  const { from } = ACTIONS[action]
  const found = all.filter(({ status }) => from.includes(status))
  const done = await setFound(instances, action, found, filter === undefined, options)
  const outcomes = new Map(done.map(outcome => [outcome.name, outcome]))
  return all.map(
    ({ name, status }) => outcomes.get(name) ?? { name, changed: false, from: status, skipped: true },
  )
}

async function setFound(
  instances: Path,
  action: InstanceAction,
  found: readonly Found[],
  isAll: boolean,
  options: SetStatesOptions,
): Promise<readonly InstanceOutcome[]> {
  if (found.length === 0) return []
  if (options.check) return found.map(({ name, status }) => ({ name, changed: true, from: status }))
  if (isAll && (await hasBulk(instances))) return setInBulk(instances, action, found, options)
  return setOneByOne(instances, action, found, options)
}

async function list(instances: Path, filter: InstanceFilter | undefined): Promise<readonly Found[]> {
  const query = { recursion: 1, filter: typeof filter === 'string' ? filter : undefined }
  const listed = await instances.get({ query })
  const found = objectsIn(listed).map((instance, index) => {
    const [name, status] = [textIn(listed, index, 'name'), textIn(listed, index, 'status')]
    if (!isPlainName(name)) throw malformed(listed, `The answer has an instance ${JSON.stringify(name)}`)
    // Safe cast: the other fields are for the filter of whoever calls.
    return { ...instance, name, status } as Found
  })
  return typeof filter === 'function' ? found.filter(filter) : found
}

async function hasBulk(instances: Path): Promise<boolean> {
  return extensionsIn(await instances.forUrl('/1.0').get()).has(BULK)
}

async function setInBulk(
  instances: Path,
  action: InstanceAction,
  found: readonly Found[],
  { timeout = instances.defaultTimeout, force }: SetStatesOptions,
): Promise<readonly InstanceOutcome[]> {
  const error = await failureOf(() => instances.put({ state: { action, timeout, force } }).wait())
  const failed = error && namesOfFailed(error)
  return found.map(({ name, status }) => {
    const isDone = failed === undefined || (failed.size > 0 && !failed.has(name))
    return { name, changed: isDone, from: status, ...(isDone ? {} : { error }) }
  })
}

/** Those that a bulk call failed for, by its own words; none where it failed as a whole. */
function namesOfFailed({ error }: APIException): ReadonlySet<string> {
  return new Set([...error.matchAll(/^ - Instance: ([^:]+): /gm)].map(([, name = '']) => name))
}

function setOneByOne(
  instances: Path,
  action: InstanceAction,
  found: readonly Found[],
  { concurrency, force, timeout }: SetStatesOptions,
): Promise<readonly InstanceOutcome[]> {
  return mapConcurrently(found, concurrency, ({ name, status }) =>
    setOne(instances.path(name), { name, changed: false, from: status }, action, { force, timeout }),
  )
}

async function setOne(
  instance: Path,
  before: InstanceOutcome,
  action: InstanceAction,
  options: PresentOptions,
): Promise<InstanceOutcome> {
  let { changed } = before
  const error = await failureOf(async () => {
    changed = (await ACTIONS[action].act(instance, options)).changed
  })
  return { ...before, changed, ...(error && { error }) }
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
