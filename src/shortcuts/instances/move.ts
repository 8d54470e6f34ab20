import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { fieldsOf } from '../shared/fields.ts'
import { type ApiRoot, readIfPresent, readItem, splitPath, versionOf } from '../shared/resource.ts'
import { impossible } from '../shared/server-info.ts'
import { converge, type Step } from '../state/converge.ts'
import { bodyOfCopy, type CopyOptions, isKeptByMove, placeOf } from './copy-options.ts'
import { migrate } from './migrate.ts'
import { instanceRename } from './rename.ts'

/** Where an instance goes. */
export type MoveOptions = Omit<CopyOptions, 'config' | 'devices' | 'profiles'>

type Both = readonly [old: APIResult | false, moved: APIResult | false]

/**
 * Makes sure that an instance is where it should be: under another name, in another project, on another member of
 * the cluster, or on another server, where it keeps its identity. It must not run.
 *
 * Moving to another server is to copy, and to delete the original when the copy is complete; interrupted between the
 * two, it goes on there.
 *
 * @returns whether it had to be moved; `false` where there is none any more, and one where it should be
 * @example
 * await instanceMove(api, 'web', { target: 'node2' })
 */
export async function instanceMove(api: ApiRoot, name: string, options: MoveOptions = {}): Promise<boolean> {
  const { to, project, target, check } = options
  if (to === undefined && project === undefined && target === undefined)
    return instanceRename(api, name, options.name ?? name, { check })
  const source = versionOf(api).instances.path(name)
  const place = placeOf(api, name, options)
  const next = (both: Both) =>
    to === undefined ? nextWithin(source, place, both, options) : nextAcross(source, place, both, options)
  const read = async (): Promise<Both> => [await readIfPresent(source), await readIfPresent(place)]
  const { difference } = await converge({ path: source, read, next }, check)
  return difference.length > 0
}

function nextWithin(source: Path, place: Path, [old, moved]: Both, options: MoveOptions): Step | undefined {
  if (old === false && moved) return undefined
  if (old && moved && !isSame(old, moved)) throw conflict(moved)
  const { project, target } = options
  const isThere = target === undefined || (old && old.metadata.location === target)
  if (old && moved && isThere) return undefined
  const { name } = splitPath(place)
  const body = { name, migration: true, project }
  return {
    difference: [{ path: ['location'], from: String(source), to: { name, project, target } }],
    isLast: true,
    run: () => source.post(body, { query: { target } }).wait(),
  }
}

async function nextAcross(
  source: Path,
  place: Path,
  [old, moved]: Both,
  options: MoveOptions,
): Promise<Step | undefined> {
  if (old === false) {
    if (moved === false) await readItem(source)
    return undefined
  }
  if (moved === false) return leaving(source, place, old, options)
  if (!isSame(old, moved)) throw conflict(moved)
  return {
    difference: [{ path: [], from: old.metadata, to: undefined }],
    isLast: true,
    run: () => source.delete().wait(),
  }
}

function leaving(source: Path, target: Path, old: APIResult, options: MoveOptions): Step {
  if (old.metadata.status !== 'Stopped')
    throw impossible(
      { result: old },
      `It is ${old.metadata.status}: stop it before it is moved to another server`,
    )
  const body = bodyOfCopy(old, options, isKeptByMove)
  return {
    difference: [{ path: [], from: undefined, to: { name: splitPath(target).name, source: String(source) } }],
    run: () => migrate({ source, target, body, options }),
  }
}

// Two that tell of no identity are not the same: one of them is about to be deleted.
function isSame(one: APIResult, other: APIResult): boolean {
  const [uuid, otherUuid] = [one, other].map(({ metadata }) => fieldsOf(metadata.config)['volatile.uuid'])
  return typeof uuid === 'string' && uuid !== '' && uuid === otherUuid
}

function conflict(moved: APIResult) {
  return impossible({ result: moved }, 'There is another instance of that name already')
}
