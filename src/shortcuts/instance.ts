import type { Path } from '../path.ts'
import type { APIResult } from '../result.ts'
import { asStored, converge } from './converge.ts'
import { giveTime, isBusy, isRefusal, MOST_TRIES } from './refusal.ts'
import { type ApiRoot, deleteIfPresent, readIfPresent, versionOf } from './resource.ts'
import { settleInstance } from './settle.ts'

/** What an instance should be like: what `POST /1.0/instances` takes. */
export interface InstanceConfig {
  readonly name: string
  /** Numbers and booleans are sent as the text that the servers store. */
  readonly config?: Readonly<Record<string, string | number | boolean>>
  readonly devices?: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>
  readonly profiles?: readonly string[]
  /** What to create it from; not looked at where the instance exists. */
  readonly source?: Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
}

/** The states that {@link instanceApplyStatus} can bring an instance to. */
export type InstanceStatus = 'Running' | 'Stopped' | 'Frozen'

/** How to change an instance's state. */
export interface StatusOptions {
  /** Seconds the instance gets to stop by itself; the path's `defaultTimeout` unless given. */
  readonly timeout?: number
  /** Stop at once, as if the power were cut. */
  readonly force?: boolean
}

// Only a new instance can be given these.
const CREATION_ONLY: ReadonlySet<string> = new Set([
  'name',
  'source',
  'type',
  'instance_type',
  'start',
  'stateful',
])

// From the status that an instance has, to the one it should have; any other status is like 'Stopped' to what
// starts, and like 'Running' to what stops.
const ACTIONS: Readonly<Record<InstanceStatus, Readonly<Record<string, readonly string[]>>>> = {
  Running: { Frozen: ['unfreeze'], other: ['start'] },
  Stopped: { other: ['stop'] },
  Frozen: { Running: ['freeze'], other: ['start', 'freeze'] },
}

/**
 * The instance of that name, or `false`.
 *
 * @example
 * const web = await instanceGet(api, 'web')
 * if (web) console.log(web.metadata.status)
 */
export async function instanceGet(api: ApiRoot, name: string): Promise<APIResult | false> {
  return readIfPresent(versionOf(api).instances.path(name))
}

/**
 * Makes sure that there is no instance of that name: one that runs is stopped by force, then it is deleted.
 *
 * @returns whether there was one to remove
 */
export async function instanceAbsent(api: ApiRoot, name: string): Promise<boolean> {
  const instance = versionOf(api).instances.path(name)
  let isChanged = false
  return withInstance(api, name, async found => {
    if (found === false) return isChanged
    if (found.metadata.status !== 'Stopped') {
      await instance.state.put({ action: 'stop', force: true }).wait()
      isChanged = true
    }
    // An ephemeral one is gone once it has stopped.
    return (await deleteIfPresent(instance)) || isChanged
  })
}

/**
 * Makes sure that an instance exists and has the given config, devices, profiles and so on: creates it, or
 * changes only what differs. What `config` does not name is left alone.
 *
 * @returns whether anything had to be changed
 * @example
 * await instanceApplyConfig(api, { name: 'web', source: { type: 'image', alias: 'alpine' }, config: { 'limits.cpu': 2 } })
 */
export async function instanceApplyConfig(api: ApiRoot, config: InstanceConfig): Promise<boolean> {
  const { instances } = versionOf(api)
  const instance = instances.path(config.name)
  const wanted = asStored(config)
  return withInstance(api, config.name, async found => {
    if (found !== false) return converge(instance, withoutCreation(wanted))
    await instances.post(wanted).wait()
    return true
  })
}

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
  status: InstanceStatus,
  options: StatusOptions = {},
): Promise<boolean> {
  if (!Object.hasOwn(ACTIONS, status)) {
    throw new TypeError(`status must be one of ${Object.keys(ACTIONS).join(', ')}, not ${String(status)}`)
  }
  const instance = versionOf(api).instances.path(name)
  return withInstance(api, name, async found => {
    const present = found === false ? (await instance.get()).metadata.status : found.metadata.status
    if (present === status) return false
    for (const action of ACTIONS[status][present] ?? ACTIONS[status].other)
      await changeState(instance, action, options)
    return true
  })
}

async function changeState(instance: Path, action: string, options: StatusOptions): Promise<void> {
  const { timeout = instance.defaultTimeout, force } = options
  const stopOnly = action === 'stop' ? { timeout, force } : {}
  await instance.state.put({ action, ...stopOnly }).wait()
}

function withoutCreation(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(config).filter(([field]) => !CREATION_ONLY.has(field)))
}

/**
 * Acts on an instance as it was read. When that fails and somebody else has changed it meanwhile, or still works
 * on it, acts again on what they left: no error tells reliably that two did the same at once.
 */
async function withInstance<T>(
  api: ApiRoot,
  name: string,
  act: (found: APIResult | false) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const found = await instanceGet(api, name)
    try {
      return await act(found)
    } catch (error) {
      if (tries === MOST_TRIES || !isRefusal(error)) throw error
      await settleInstance(versionOf(api), name)
      // After a start that failed, LXD cleans up in no operation that could be waited for.
      if (isBusy(error)) await giveTime(tries)
      else if (statusOf(await instanceGet(api, name)) === statusOf(found)) throw error
    }
  }
}

function statusOf(found: APIResult | false): unknown {
  return found ? found.metadata.status : undefined
}
