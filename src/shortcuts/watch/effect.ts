import { FINAL_STATUS } from '../../answer/envelope.ts'
import { isTypeError } from '../../common/is-error.ts'
import { isRecord } from '../../common/is-record.ts'
import { type Collection, nameIn, segmentsOf } from './collection.ts'

/** What an event means for a list. */
export interface Effect {
  /** The names of the items that it may have changed, by what they are in the list. */
  readonly names: readonly string[]
  /** Whether the whole list has to be read. */
  readonly isWhole: boolean
  /** An item that has its name only now, and the name it had before; without one, it is created or deleted. */
  readonly origin?: readonly [name: string, from: string | undefined]
}

/** An event as a server sends it. */
interface ServerEvent {
  readonly type: unknown
  readonly metadata: unknown
  readonly project?: unknown
}

const NONE: Effect = { names: [], isWhole: false }
const WHOLE: Effect = { names: [], isWhole: true }
// What is done with an instance, and is not seen in it.
const WITHOUT_EFFECT = /^(instance|container|virtual-machine)-(exec|console|file|log|metadata|backup)(-|$)/
const EXEC_OPERATION = 'Executing command'

/** What an event means for a list; only its items themselves count, not what is below them. */
export function effectOf(collection: Collection, event: ServerEvent): Effect {
  const { type, metadata } = event
  if (!isRecord(metadata)) return NONE
  try {
    if (type === 'lifecycle') return lifecycleEffect(collection, metadata, event)
    return type === 'operation' ? operationEffect(collection, metadata, event) : NONE
  } catch (error) {
    // Its source is not a URL, or not in UTF-8.
    if (isTypeError(error) || error instanceof URIError) return WHOLE
    throw error
  }
}

function lifecycleEffect(collection: Collection, metadata: Fields, event: ServerEvent): Effect {
  const action = String(metadata['action'])
  if (WITHOUT_EFFECT.test(action) && !collection.segments.includes('backups')) return NONE
  const source = parseSource(metadata['source'], event)
  if (isOwnerGone(collection, source, action)) return WHOLE
  const effect = sourceEffect(collection, source)
  const name = effect.names.at(-1)
  if (name === undefined) return effect
  const from = isRecord(metadata['context']) ? metadata['context']['old_name'] : undefined
  if (action.endsWith('-renamed') && typeof from === 'string')
    return renameEffect(collection, source, effect, name, from)
  return /-(created|deleted)$/.test(action) ? { ...effect, origin: [name, undefined] } : effect
}

function renameEffect(
  collection: Collection,
  source: Source,
  effect: Effect,
  name: string,
  oldName: string,
): Effect {
  const isOwned = /^(snapshots|backups)$/.test(collection.segments.at(-1) ?? '')
  const former = isOwned ? (oldName.split('/').at(-1) ?? '') : oldName
  const from = nameIn(collection, source.project, former)
  // LXD 5.0 and Incus 6.0 give the old name of a volume's snapshot as the new one too.
  if (name === from) return WHOLE
  return { ...effect, names: [...effect.names, from], origin: [name, from] }
}

// An operation may change more after it told of what it did, such as the creation of an instance.
function operationEffect(collection: Collection, metadata: Fields, event: ServerEvent): Effect {
  const { status_code, class: kind, description, resources } = metadata
  if (Number(status_code) < FINAL_STATUS || kind !== 'task' || description === EXEC_OPERATION) return NONE
  const urls = isRecord(resources) ? Object.values(resources).flat() : []
  const sources = urls.map(url => parseSource(url, event))
  if (sources.some(source => isOwner(collection, source))) return WHOLE
  const effects = sources.map(source => sourceEffect(collection, source))
  return { names: effects.flatMap(({ names }) => names), isWhole: effects.some(({ isWhole }) => isWhole) }
}

type Fields = Readonly<Record<string, unknown>>

interface Source {
  readonly segments: readonly string[]
  readonly project: string
}

// LXD 5.0 does not name the project in the resources of operations.
function parseSource(source: unknown, { project }: ServerEvent): Source {
  const { pathname, searchParams } = new URL(String(source), 'http://server')
  return {
    segments: segmentsOf(pathname),
    project:
      searchParams.get('project') ?? (typeof project === 'string' && project !== '' ? project : 'default'),
  }
}

function sourceEffect(collection: Collection, source: Source): Effect {
  const { type, segments } = collection
  if (source.segments.length !== segments.length + 1 || !startsWith(source, segments))
    return isDependency(collection, source) ? WHOLE : NONE
  if (!isInProject(collection, source.project)) return NONE
  const name = source.segments.at(-1) ?? ''
  if (type.isReadWhole)
    return { names: [nameIn(collection, source.project, withoutProject(name, source))], isWhole: true }
  return namesEffect(collection, source, name)
}

// LXD 5.0 encodes the names of image aliases twice.
function namesEffect(collection: Collection, { project }: Source, name: string): Effect {
  const decoded = /%[0-9a-f]{2}/i.test(name) ? [name, decodeURIComponent(name)] : [name]
  // A path can't have them as a segment.
  if (decoded.some(one => ['', '.', '..'].includes(one) || !one.isWellFormed())) return WHOLE
  return { names: decoded.map(one => nameIn(collection, project, one)), isWhole: false }
}

function isDependency({ type, project }: Collection, source: Source): boolean {
  if (project !== undefined && project !== source.project && source.project !== 'default') return false
  return type.dependsOn?.test(source.segments.slice(1).join('/')) ?? false
}

function isInProject({ type, project }: Collection, source: string): boolean {
  if (type.isGlobal || project === undefined || project === source) return true
  return type.isShared && source === 'default'
}

// LXD 5.0 and Incus 6.0 put a volume's project before its name.
function startsWith({ segments, project }: Source, start: readonly string[]): boolean {
  return start.every((one, index) => segments[index] === one || segments[index] === `${project}_${one}`)
}

function withoutProject(name: string, { project }: Source): string {
  return name.startsWith(`${project}_`) ? name.slice(project.length + 1) : name
}

// LXD 5.0 tells of a change of an instance's snapshot only by its operation, which names the instance.
function isOwner({ segments, project }: Collection, source: Source): boolean {
  const owner = segments.slice(0, -1)
  if (owner.length < 3 || owner.length !== source.segments.length) return false
  return startsWith(source, owner) && (project === undefined || project === source.project)
}

// What the list belongs to: its project; an instance, for the list of its snapshots.
function isOwnerGone({ segments, project, type }: Collection, source: Source, action: string): boolean {
  if (!/-(deleted|renamed)$/.test(action)) return false
  if (source.segments[1] === 'projects') return project !== undefined && !type.isGlobal
  if (source.segments.length < 3 || source.segments.length >= segments.length) return false
  // A rename tells the new name as its source.
  const owner = action.endsWith('-renamed') ? source.segments.slice(0, -1) : source.segments
  return owner.every((one, index) => segments[index] === one)
}
