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

/** The result of {@link setStates} for one instance. */
export interface InstanceOutcome {
  readonly name: string
  /** Whether anything was changed, or, with `check`, would be. */
  readonly changed: boolean
  /** The status it had before. */
  readonly from: string
  /** Whether it was skipped, since the action does not apply to its status. */
  readonly skipped?: true
  /** The failure of the action. */
  readonly error?: unknown
}

/** Options of {@link setStates}. */
export interface SetStatesOptions extends PresentOptions {
  /** The concurrency limit, where it is not one bulk call; 8 by default. */
  readonly concurrency?: number
}

/** Selects instances: a filter in the server's syntax, such as `config.user.tier eq web`, or a function of an instance. */
export type InstanceFilter = string | ((instance: Found) => boolean)

/** An instance as `GET /1.0/instances?recursion=1` returns it. */
export interface Found {
  readonly name: string
  readonly status: string
  readonly config: Readonly<Record<string, string>>
  readonly profiles: readonly string[]
  readonly [field: string]: unknown
}

// The statuses that each action changes, and the one it results in. As in the servers' bulk call, only a running
// instance is frozen.
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
// The server changes all in one bulk call at once, and gives each 30 s: on two cores, of 300 that LXD 5.0.2 was to stop 104
// were not stopped (`npm run bench -- scale`).
const MAX_BULK = 64

const OPTIONS: ReadonlySet<string> = new Set<keyof SetStatesOptions>([
  ...CHANGE_OPTIONS,
  'force',
  'concurrency',
])

/**
 * Starts, stops, restarts, freezes or unfreezes many instances: those that match a filter, or all of the project.
 * Without a filter up to 64 instances are one bulk call, if the server has that; otherwise it is one call per instance, a
 * limited number at once.
 *
 * @returns an outcome for each instance that matches the filter; a failure is its `error` and affects no other
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
  if (isAll && found.length <= MAX_BULK && (await hasBulk(instances)))
    return setInBulk(instances, action, found, options)
  return setOneByOne(instances, action, found, options)
}

async function list(instances: Path, filter: InstanceFilter | undefined): Promise<readonly Found[]> {
  const query = { recursion: 1, filter: typeof filter === 'string' ? filter : undefined }
  const listed = await instances.get({ query })
  const found = objectsIn(listed).map((instance, index) => {
    const [name, status] = [textIn(listed, index, 'name'), textIn(listed, index, 'status')]
    if (!isPlainName(name)) throw malformed(listed, `The answer has an instance ${JSON.stringify(name)}`)
    // Safe cast: the other fields are only for the caller's filter.
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

/** The instances in the message of a bulk call that failed; empty if it failed as a whole. */
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

/** The exception of a failed action; any other error is thrown. */
async function failureOf(act: () => Promise<unknown>): Promise<APIException | undefined> {
  try {
    await act()
    return undefined
  } catch (error) {
    if (error instanceof APIException) return error
    throw error
  }
}
