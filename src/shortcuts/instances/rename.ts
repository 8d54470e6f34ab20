import { APIException } from '../../errors/exceptions.ts'
import type { APIResult } from '../../result.ts'
import { type ApiRoot, readIfPresent, versionOf } from '../shared/resource.ts'
import { converge, type Step } from '../state/converge.ts'
import type { PresentOptions } from '../state/present.ts'

/**
 * Makes sure that an instance has another name than it had; it must not run.
 *
 * @returns whether it had to be renamed; `false` where there is none of the old name and one of the new
 * @example
 * await instanceRename(api, 'web', 'web-old')
 */
export async function instanceRename(
  api: ApiRoot,
  name: string,
  newName: string,
  { check }: Pick<PresentOptions, 'check'> = {},
): Promise<boolean> {
  const { instances } = versionOf(api)
  const path = instances.path(name)
  const place = instances.path(newName)
  const next = ([old, renamed]: Both): Step | undefined => {
    if (old && renamed) throw conflict(renamed, name)
    return renamed ? undefined : rename
  }
  const rename: Step = {
    difference: [{ path: ['name'], from: name, to: newName }],
    isLast: true,
    run: () => path.post({ name: newName }).wait(),
  }
  const read = async (): Promise<Both> => {
    const old = await readIfPresent(path)
    const renamed = await readIfPresent(place)
    // Somebody may have renamed it between the two.
    return [old && renamed ? await readIfPresent(path) : old, renamed]
  }
  const { difference } = await converge({ path, read, next }, check)
  return difference.length > 0
}

function conflict(result: APIResult, name: string): APIException {
  const { request } = result
  return new APIException({ request, result, error: `There is one of this name already, beside ${name}` })
}

type Both = readonly [APIResult | false, APIResult | false]
