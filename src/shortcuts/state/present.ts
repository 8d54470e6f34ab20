import type { Path } from '../../path.ts'
import { printAs } from '../../redact/print-as.ts'
import { checkNames } from '../../request/options.ts'
import type { Untyped } from '../../request/transaction.ts'
import type { APIResult } from '../../result.ts'
import { asStored, type Fields, fieldsOf, mapFields, withoutFields, withoutNulls } from '../shared/fields.ts'
import type { ItemOf, WithVerb } from '../shared/item-of.ts'
import { type AnyPath, asPath } from '../shared/item-path.ts'
import { CHANGE_OPTIONS, type ChangeOptions, withLimitedPath } from '../shared/limits.ts'
import { withMutex } from '../shared/mutex.ts'
import { nameOf, readIfPresent, splitPath } from '../shared/resource.ts'
import { type Convergence, converge, type Step } from './converge.ts'
import type { Desired } from './desired.ts'
import {
  applyChange,
  changeOf,
  type Difference,
  differencesOf,
  hasRemovals,
  redactDifference,
} from './difference.ts'
import { type ResourceType, resourceTypeOf } from './resource-types.ts'
import { checkStatus, type StatusOptions } from './status.ts'

/** Options of {@link present}. */
export interface PresentOptions extends ChangeOptions {
  /** Whether to stop an instance at once, as if the power were cut. */
  readonly force?: boolean
}

const PRESENT_OPTIONS: ReadonlySet<string> = new Set<keyof PresentOptions>([...CHANGE_OPTIONS, 'force'])
const ABSENT_OPTIONS: ReadonlySet<string> = new Set<keyof ChangeOptions>(CHANGE_OPTIONS)

/**
 * The result of bringing a resource to its desired state. `console.log` and `JSON.stringify` show it without its secrets;
 * its properties have all of them.
 */
export interface Outcome<T = Untyped> {
  /** Whether anything was changed, or, with `check`, would be. */
  readonly changed: boolean
  /** The result of the last read; `undefined` if there is no such resource. */
  readonly result: APIResult<T> | undefined
  /** What was changed, or would be; empty where all was as described. */
  readonly difference: readonly Difference[]
}

// Without these a PATCH of networks, ACLs, forwards, zones, pools and volumes empties them, though it should change
// only the fields it has (LXD 5.0, Incus 6.0).
const KEPT = ['description', 'ingress', 'egress', 'ports', 'backends', 'entries'] as const

/**
 * Makes sure that a resource exists and is as described: creates it, or changes only what differs. Fields that the
 * description omits are left unchanged, and `null` stands for what should not exist.
 *
 * It tolerates concurrent changes by other clients: it reads, writes with `If-Match`, and on a conflict retries with
 * what they wrote. Without a change it costs one GET.
 *
 * @throws {APIException} the server refused; the message ends with what was changed before
 * @example
 * const { changed } = await present(api.profiles.web, { config: { 'limits.memory': '1GiB' } })
 * await present(api.instances.web, { source: 'ubuntu:24.04', status: 'Running' }) // the source is for creating it
 */
export async function present<P extends AnyPath>(
  path: P,
  desired: Desired<P>,
  options: PresentOptions = {},
): Promise<Outcome<ItemOf<P>>> {
  checkNames(options, PRESENT_OPTIONS, 'present()')
  checkStatusIn(desired)
  return withLimitedPath(asPath(path), options, 'present()', limited =>
    presentOrFail(limited, desired, options, readIfPresent),
  )
}

function checkStatusIn(desired: unknown): asserts desired is object {
  if (typeof desired !== 'object' || desired === null)
    throw new TypeError(`present(): describe what should be there, not ${String(desired)}`)
  if ('status' in desired && desired.status !== undefined) checkStatus(desired.status)
}

/** Brings a resource to its desired state, given how to read it; `read` throws if it must exist and does not. */
export async function presentOrFail(
  path: AnyPath,
  desired: object,
  options: PresentOptions,
  read: (path: Path) => Promise<APIResult | false>,
): Promise<Outcome> {
  const item = describe(asPath(path), desired)
  const goal = {
    path: item.path,
    read: () => read(item.path),
    next: (found: APIResult | false) => nextStep(item, found, options),
  }
  return outcomeOf(await converge(goal, options.check))
}

/**
 * Makes sure that a resource does not exist. A running instance is stopped by force first; if a resource is being
 * created, it is deleted afterwards. Without a change it costs two GETs, the second one of the running operations.
 * An operation is cancelled, unless it has ended.
 *
 * After a POST of this process that was aborted, or got no answer, it polls for up to a second whether the server still
 * carries it out; those of other processes are not covered.
 *
 * @returns the resource before its deletion as `result`
 * @example
 * await absent(api.networks.testbr0)
 */
export async function absent<P extends AnyPath>(
  path: P & WithVerb<P, 'delete'>,
  options: ChangeOptions = {},
): Promise<Outcome<ItemOf<P>>> {
  checkNames(options, ABSENT_OPTIONS, 'absent()')
  return withLimitedPath(asPath(path), options, 'absent()', async item => {
    nameOf(item)
    const goal = {
      path: item,
      read: () => resourceTypeOf(item).readForRemoval(item),
      next: (found: APIResult | false) => (found === false ? undefined : deletion(item, found)),
    }
    return outcomeOf(await converge(goal, options.check))
  })
}

/** The outcome that the public functions return. */
export function outcomeOf({ seen, difference }: Convergence<APIResult | false>): Outcome {
  for (const one of difference) printAs(one, redactDifference)
  const outcome = { changed: difference.length > 0, result: seen || undefined, difference }
  return printAs(outcome, one => ({ ...one, difference: one.difference.map(redactDifference) }))
}

interface Item {
  readonly path: Path
  readonly type: ResourceType
  readonly desired: Fields
}

function describe(path: Path, desired: object): Item {
  const type = resourceTypeOf(path)
  // Safe cast: any object can be read as fields by name.
  const { [type.nameField ?? '']: name, ...fields } = asStored(desired as Fields)
  const own = nameOf(path)
  if (name !== undefined && name !== own)
    throw new TypeError(`${path} can't have the ${type.nameField} ${String(name)}`)
  type.check(fields)
  return { path, type, desired: fields }
}

async function nextStep(
  item: Item,
  found: APIResult | false,
  options: PresentOptions,
): Promise<Step | undefined> {
  const { type, desired } = item
  if (found === false || (await isUnfinished(item, found))) return creation(item, found, options)
  const present = fieldsOf(found.metadata)
  const differences = differencesOf(withoutFields(desired, type.creationOnly), present).filter(
    difference => !type.isEquivalent(difference, present),
  )
  if (differences.length === 0) return undefined
  const written = differences.filter(({ path: [field = ''] }) => type.applied[field] === undefined)
  if (options.check) return { difference: differences, run: neverRun }
  return written.length > 0 ? writing(item, found, written) : application(item, differences, options)
}

/** Whether a resource exists by name only, and can be created again from the description. */
async function isUnfinished({ path, type, desired }: Item, { metadata }: APIResult): Promise<boolean> {
  if (type.mustBeDeletedFirst && desired.source === undefined) return false
  return type.isUnfinished(path, fieldsOf(metadata))
}

async function creation(
  { path, type, desired }: Item,
  found: APIResult | false,
  { check }: PresentOptions,
): Promise<Step> {
  const body = withoutNulls(withoutFields(desired, new Set(Object.keys(type.applied))))
  if (check) await type.verify(splitPath(path).parent, body)
  return {
    difference: [{ path: [], from: undefined, to: desired }],
    run: async () => {
      if (found && type.mustBeDeletedFirst) await path.delete().wait()
      const { parent, name } = splitPath(path)
      const named = type.nameField === undefined ? body : { [type.nameField]: name, ...body }
      return type.create(parent, named, name)
    },
  }
}

function writing({ path, type, desired }: Item, found: APIResult, difference: readonly Difference[]): Step {
  const present = fieldsOf(found.metadata)
  const change = changeOf(desired, present, difference)
  const isWhole = type.write === 'put' || hasRemovals(difference)
  const body = isWhole ? applyChange(change, present) : { ...keptOf(present), ...withEmptyValues(change) }
  const options = { headers: { 'If-Match': found.etag } }
  const run = () => path[isWhole ? 'put' : 'patch'](body, options).wait()
  return { difference, run: () => withMutex(found, run) }
}

/** Replaces `null` by empty values, which remove config keys. */
function withEmptyValues(change: Fields): Fields {
  return 'config' in change ? { ...change, config: mapFields(change.config, value => value ?? '') } : change
}

// Without a config, the PATCH of ACLs, forwards and zones crashes in the server.
function keptOf(present: Fields): Fields {
  const kept = KEPT.filter(field => present[field] != null).map(field => [field, present[field]])
  return { ...Object.fromEntries(kept), ...('config' in present ? { config: {} } : {}) }
}

function application({ path, type }: Item, differences: readonly Difference[], options: StatusOptions): Step {
  return {
    difference: differences,
    run: async () => {
      for (const difference of differences)
        await type.applied[difference.path[0] ?? '']?.(path, difference, options)
    },
  }
}

function deletion(path: Path, found: APIResult): Step {
  return {
    difference: [{ path: [], from: found.metadata, to: undefined }],
    isLast: true,
    run: () => withMutex(found, () => resourceTypeOf(path).remove(path, fieldsOf(found.metadata))),
  }
}

async function neverRun(): Promise<void> {}
