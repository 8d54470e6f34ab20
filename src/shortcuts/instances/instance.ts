import type { APIResult } from '../../result.ts'
import { type ApiRoot, readIfPresent, versionOf } from '../shared/resource.ts'
import { absent, type PresentOptions, present } from '../state/present.ts'
import { checkStatus, type TargetStatus } from '../state/status.ts'

/** What an instance should be like: what `POST /1.0/instances` takes, and the status it should have. */
export interface InstanceConfig {
  readonly name: string
  /** Numbers and booleans are sent as the text that the servers store; `null` is for what should not be set. */
  readonly config?: Readonly<Record<string, InstanceValue>>
  readonly devices?: Readonly<Record<string, Readonly<Record<string, InstanceValue>> | null>>
  readonly profiles?: readonly string[]
  /** What to create it from; not looked at where the instance exists. */
  readonly source?: Readonly<Record<string, unknown>>
  /** What it should be doing; left as it is unless given. */
  readonly status?: TargetStatus
  readonly [field: string]: unknown
}

type InstanceValue = string | number | boolean | null

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
 * Makes sure that an instance exists, has the given config, devices, profiles and so on, and the status if one is
 * given: creates it, or changes only what differs. What is not named is left alone. See {@link present}.
 *
 * @returns whether anything had to be changed
 * @example
 * const source = { type: 'image', alias: 'alpine' }
 * await instancePresent(api, { name: 'web', source, config: { 'limits.cpu': 2 }, status: 'Running' })
 */
export async function instancePresent(
  api: ApiRoot,
  instance: InstanceConfig,
  options: PresentOptions = {},
): Promise<boolean> {
  if (instance.status !== undefined) checkStatus(instance.status)
  const { changed } = await present(versionOf(api).instances.path(instance.name), instance, options)
  return changed
}

/**
 * Makes sure that there is no instance of that name: one that runs is stopped by force, then it is deleted.
 *
 * @returns whether there was one to remove
 */
export async function instanceAbsent(
  api: ApiRoot,
  name: string,
  options: Pick<PresentOptions, 'check'> = {},
): Promise<boolean> {
  return (await absent(versionOf(api).instances.path(name), options)).changed
}

/** The same as {@link instancePresent}, by the name it had when the status was for {@link instanceApplyStatus}. */
export async function instanceApplyConfig(api: ApiRoot, config: InstanceConfig): Promise<boolean> {
  return instancePresent(api, config)
}
