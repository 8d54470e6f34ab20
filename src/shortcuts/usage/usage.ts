import type { Path } from '../../path.ts'
import { checkNames, checkTimeout } from '../../request/options.ts'
import type { Instances } from '../../rest.ts'
import { asPath, type InstancePath, itemTypeOf } from '../shared/item-path.ts'
import { withSignal } from '../shared/limits.ts'
import type { UsageOptions } from './measure.ts'
import type { UsageSample } from './sample.ts'

const OPTIONS: ReadonlySet<string> = new Set<keyof UsageOptions>(['every', 'diskRates', 'signal'])

/**
 * Measures what instances use: yields a sample for each after each reading but the first, to which the second compares.
 *
 * One request reads all instances of a list. An instance that is new yields from its second reading on; one that was
 * restarted, or whose counters began anew, yields what it has used since. Nothing is read while the consumer is busy.
 *
 * @throws {TypeError} the path names something else, or an option is unknown or invalid
 * @throws {APINotFoundException} there is no such instance
 * @throws {APIException} reading failed
 * @example
 * for await (const { name, cpu, memory } of usage(api.instances, { every: 2 }))
 *   console.log(name, cpu, memory.used, memory.limit)
 */
export function usage(
  pathOrList: InstancePath | Instances,
  options: UsageOptions,
): AsyncGenerator<UsageSample, void, undefined> {
  checkNames(options, OPTIONS, 'usage()')
  const { every, diskRates = false, signal } = options
  if (every === undefined) throw new TypeError('usage(): give the seconds between two readings as every')
  checkTimeout(every, 'usage()', 'every')
  const type = itemTypeOf(pathOrList, ['instance', 'list of instances'], 'usage()')
  const path = withSignal(asPath(pathOrList), signal)
  return load(path, type === 'instance', { every, diskRates, signal })
}

async function* load(
  path: Path,
  isOne: boolean,
  options: UsageOptions,
): AsyncGenerator<UsageSample, void, undefined> {
  const { measure } = await import('./measure.ts')
  yield* measure(path, isOne, options)
}
