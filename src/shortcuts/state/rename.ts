import { APIException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { APIResult } from '../../result.ts'
import type { ItemOf, WithVerb } from '../shared/item-of.ts'
import { type AnyPath, asPath } from '../shared/item-path.ts'
import { CHANGE_OPTIONS, type ChangeOptions, withLimitedPath } from '../shared/limits.ts'
import { readIfPresent, readItem, splitPath } from '../shared/resource.ts'
import { converge, type Step } from './converge.ts'
import { type Outcome, outcomeOf } from './present.ts'

const OPTIONS: ReadonlySet<string> = new Set<keyof ChangeOptions>(CHANGE_OPTIONS)

/**
 * Makes sure that a resource has another name; an instance must be stopped. Nothing is changed if only the new name
 * exists.
 *
 * @throws {APINotFoundException} neither name exists
 * @throws {APIException} both names exist
 * @example
 * await rename(api.instances.web, 'web-old')
 */
export async function rename<P extends AnyPath>(
  path: P & WithVerb<P, 'post'>,
  newName: string,
  options: ChangeOptions = {},
): Promise<Outcome<ItemOf<P>>> {
  checkNames(options, OPTIONS, 'rename()')
  const { parent } = splitPath(asPath(path))
  // An invalid name is rejected before anything is sent.
  parent.path(newName)
  return withLimitedPath(asPath(path), options, 'rename()', item => renameItem(item, newName, options.check))
}

async function renameItem(item: Path, newName: string, check: boolean | undefined): Promise<Outcome> {
  const { parent, name } = splitPath(item)
  if (newName === name) return outcomeOf({ seen: await readItem(item), difference: [] })
  const renamed = parent.path(newName)
  const step: Step = {
    difference: [{ path: ['name'], from: name, to: newName }],
    isLast: true,
    run: () => item.post({ name: newName }).wait(),
  }
  const next = ([old, found]: Both): Step | undefined => {
    if (old && found) throw conflict(found, name)
    return found ? undefined : step
  }
  const read = async (): Promise<Both> => {
    const old = await readIfPresent(item)
    const found = await readIfPresent(renamed)
    // Another client may have renamed it between the two reads.
    return [old && found ? await readIfPresent(item) : old, found]
  }
  const { seen, difference } = await converge({ path: item, read, next }, check)
  return outcomeOf({ seen: seen[1] || seen[0], difference })
}

function conflict(result: APIResult, name: string): APIException {
  const { request } = result
  return new APIException({ request, result, error: `There is one of this name already, beside ${name}` })
}

type Both = readonly [old: APIResult | false, renamed: APIResult | false]
