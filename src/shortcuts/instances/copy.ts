import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { type ApiRoot, readIfPresent, readItem, splitPath, versionOf } from '../shared/resource.ts'
import { converge, type Step } from '../state/converge.ts'
import { bodyOfCopy, type CopyOptions, isKeptByCopy, placeOf } from './copy-options.ts'
import { migrate } from './migrate.ts'

/**
 * Makes sure that there is a copy of an instance: on the same server, in another project, on another member of the
 * cluster, or on another server. What exists already is not compared with the original.
 *
 * Between two servers, one has to be able to call the other over HTTPS. A container that runs is copied as its files
 * are at that moment.
 *
 * @returns whether it had to be copied
 * @throws {APIException} also, before anything is sent, where these two servers can't do it
 * @example
 * await instanceCopy(api, 'web', { name: 'web-test', project: 'test' })
 * await instanceCopy(api, 'web', { to: API.factory({ baseUrl: 'https://other:8443' }) })
 */
export async function instanceCopy(api: ApiRoot, name: string, options: CopyOptions = {}): Promise<boolean> {
  const source = versionOf(api).instances.path(name)
  const target = placeOf(api, name, options)
  const next = (found: APIResult | false): Step | undefined =>
    found ? undefined : copying(source, target, options)
  const goal = { path: target, read: () => readIfPresent(target), next }
  const { difference } = await converge(goal, options.check)
  return difference.length > 0
}

function copying(source: Path, target: Path, options: CopyOptions): Step {
  return {
    difference: [{ path: [], from: undefined, to: { name: splitPath(target).name, source: String(source) } }],
    isLast: true,
    run: async () => {
      const original = await readItem(source)
      const body = bodyOfCopy(original, options, isKeptByCopy)
      if (options.to === undefined) await copyWithin(original, target, body, options)
      else await migrate({ source, target, body, options })
    },
  }
}

async function copyWithin(
  { metadata: { name, project } }: APIResult,
  target: Path,
  body: object,
  options: CopyOptions,
): Promise<void> {
  const source = { type: 'copy', source: name, project, instance_only: options.snapshots === false }
  const { parent } = splitPath(target)
  await parent.post({ ...body, source }, { query: { target: options.target } }).wait()
}
