import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { fieldsOf } from '../shared/fields.ts'
import { readIfPresent, readItem, splitPath } from '../shared/resource.ts'
import { impossible } from '../shared/server-info.ts'
import { converge, type Step } from '../state/converge.ts'
import { type Outcome, outcomeOf } from '../state/present.ts'
import { bodyOfCopy, isKeptByMove } from './instance.ts'
import { migrate } from './migrate.ts'
import { isSameServer, type MoveOptions, projectOf, queryOf } from './options.ts'
import { bodyOfVolume, poolOf } from './volume.ts'

type Both = readonly [old: APIResult | false, moved: APIResult | false]
type Type = 'instance' | 'volume'

/** Moves an instance or a volume to another place than under another name beside the old. */
export async function moveItem(
  type: Type,
  source: Path,
  target: Path,
  options: MoveOptions,
): Promise<Outcome> {
  const progress = { isCopied: false }
  const next = (both: Both) =>
    isSameServer(source, target)
      ? nextWithin(type, source, target, both, options)
      : nextAcross({ type, source, target, options, progress }, both)
  const read = async (): Promise<Both> => [await readIfPresent(source), await readIfPresent(target)]
  const { seen, difference } = await converge({ path: source, read, next }, options.check)
  return outcomeOf({ seen: seen[1] || seen[0], difference })
}

function nextWithin(
  type: Type,
  source: Path,
  place: Path,
  [old, moved]: Both,
  { onProgress }: MoveOptions,
): Step | undefined {
  if (old === false && moved) return undefined
  const isOne = String(source) === String(place) && projectOf(source) === projectOf(place)
  if (old && moved && !isOne && !isSame(old, moved)) throw conflict(moved)
  const target = queryOf(place, 'target')
  const isThere = target === undefined || (old && old.metadata.location === target)
  if (old && moved && isThere) return undefined
  const { name } = splitPath(place)
  const project = queryOf(place, 'project')
  const body =
    type === 'instance' ? { name, migration: true, project } : { name, pool: poolOf(place), project }
  return {
    difference: [{ path: ['location'], from: String(source), to: { name, project, target } }],
    isLast: true,
    run: () => source.post(body, { query: { target } }).wait({ onProgress }),
  }
}

interface Crossing {
  readonly type: Type
  readonly source: Path
  readonly target: Path
  readonly options: MoveOptions
  /** What this move has done so far; a volume has nothing else that tells its copy from another one. */
  readonly progress: { isCopied: boolean }
}

async function nextAcross(crossing: Crossing, [old, moved]: Both): Promise<Step | undefined> {
  const { source, progress } = crossing
  if (old === false) {
    if (moved === false) await readItem(source)
    return undefined
  }
  if (moved === false) return leaving(crossing, old)
  if (!progress.isCopied && !isSame(old, moved)) throw conflict(moved)
  return {
    difference: [{ path: [], from: old.metadata, to: undefined }],
    isLast: true,
    run: () => source.delete().wait(),
  }
}

function leaving({ type, source, target, options, progress }: Crossing, old: APIResult): Step {
  if (type === 'instance' && old.metadata.status !== 'Stopped')
    throw impossible(
      { result: old },
      `It is ${old.metadata.status}: stop it before it is moved to another server`,
    )
  const { name } = splitPath(source)
  const body =
    type === 'instance'
      ? bodyOfCopy({ name, instance: old, item: old }, target, options, isKeptByMove)
      : bodyOfVolume(old.metadata, target, options)
  return {
    difference: [{ path: [], from: undefined, to: { name: splitPath(target).name, source: String(source) } }],
    run: async () => {
      await migrate({ source, target, body, options })
      progress.isCopied = true
    },
  }
}

// Without a UUID they count as different, since one of them would be deleted.
function isSame(one: APIResult, other: APIResult): boolean {
  const [uuid, otherUuid] = [one, other].map(({ metadata }) => fieldsOf(metadata.config)['volatile.uuid'])
  return typeof uuid === 'string' && uuid !== '' && uuid === otherUuid
}

function conflict(moved: APIResult) {
  return impossible({ result: moved }, 'There is another one of that name already')
}
