import { listIn, objectIn, textIn } from '../../answer/metadata.ts'
import { operationIn } from '../../checked-path.ts'
import { APIException, APINotFoundException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import type { Fields } from '../shared/fields.ts'
import { itemTypeOf } from '../shared/item-path.ts'
import { splitPath } from '../shared/resource.ts'
import { isRefusal } from '../shared/retry.ts'
import { impossible, readServer, type ServerFacts } from '../shared/server-info.ts'
import { type CopyOptions, queryOf } from './options.ts'

/** What goes from one server to another, and as what. */
export interface Migration {
  readonly source: Path
  readonly target: Path
  readonly body: Fields
  readonly options: CopyOptions
  /** Whether there is a copy, which is to be refreshed. */
  readonly isThere?: boolean
}

// In the servers' words, which are those of Go.
const UNREACHABLE =
  /unable to connect|failed to connect|dial tcp|no route to host|i\/o timeout|connection refused/i

/** Copies an instance or a volume from one server to another: the target calls the source, or, where it can't, is called by it. */
export async function migrate(migration: Migration): Promise<void> {
  const [from, to] = await Promise.all([readServer(migration.source), readServer(migration.target)])
  await checkSnapshots(migration, from, to)
  const modes = modesOf(migration.options, from, to)
  await firstReachable(modes, mode => (mode === 'pull' ? pull(migration, from) : push(migration, to)))
}

function modesOf({ mode }: CopyOptions, from: ServerFacts, to: ServerFacts): readonly ('pull' | 'push')[] {
  const possible = [
    ...(from.origins.length > 0 ? (['pull'] as const) : []),
    ...(to.origins.length > 0 ? (['push'] as const) : []),
  ].filter(one => mode === undefined || mode === one)
  if (possible.length > 0) return possible
  const which = { pull: 'the source listens', push: 'the target listens', any: 'either of them listens' }
  throw impossible(
    from,
    `The servers can't reach each other: set core.https_address so that ${which[mode ?? 'any']}`,
  )
}

/** A snapshot goes as it is, with the keys that the source's server gave it. */
async function checkSnapshots(
  { source, options }: Migration,
  from: ServerFacts,
  to: ServerFacts,
): Promise<void> {
  const extension = 'instance_generation_id'
  const isUnknown = from.extensions.has(extension) && !to.extensions.has(extension)
  const isInstance = itemTypeOf(source, ['instance', 'instance snapshot', 'volume'], 'copy()') === 'instance'
  if (!isUnknown || options.snapshots === false || !isInstance) return
  if (listIn(await source.snapshots.get()).length === 0) return
  throw impossible(
    from,
    `${to.title} can't take over snapshots of ${from.title}: it does not know their volatile.uuid.generation. Copy without them, by snapshots: false`,
  )
}

async function pull(migration: Migration, from: ServerFacts): Promise<void> {
  const { source, target, body, options, isThere } = migration
  const only = withoutSnapshots(migration)
  const { parent, name } = splitPath(target)
  const offer = await source.post({ name, migration: true, ...live(source), ...only })
  await orCancel(offer, async () => {
    await firstReachable(from.origins, origin => {
      const way = {
        ...wayTo(offer, origin, from),
        type: 'migration',
        mode: 'pull',
        ...only,
        ...(isThere && { refresh: true }),
      }
      return parent
        .post({ ...body, source: way }, { query: { target: queryOf(target, 'target') } })
        .wait({ onProgress: options.onProgress })
    })
    await untilForgotten(offer)
  })
}

async function push(migration: Migration, to: ServerFacts): Promise<void> {
  const { source, target, body, options, isThere } = migration
  const only = withoutSnapshots(migration)
  const { parent, name } = splitPath(target)
  const way = { type: 'migration', mode: 'push', ...only, ...(isThere && { refresh: true }) }
  const query = { target: queryOf(target, 'target') }
  const offer = await parent.post({ ...body, source: way }, { query })
  await orCancel(offer, async () => {
    await firstReachable(to.origins, origin =>
      source
        .post({ name, migration: true, ...live(source), ...only, target: wayTo(offer, origin, to) })
        .wait({ onProgress: options.onProgress }),
    )
    await untilForgotten(offer)
  })
}

function withoutSnapshots({ source, options }: Migration): Fields {
  const field = isVolume(source) ? 'volume_only' : 'instance_only'
  return { [field]: options.snapshots === false }
}

function live(source: Path): Fields {
  return isVolume(source) ? {} : { live: false }
}

function isVolume(source: Path): boolean {
  return String(source).startsWith('/1.0/storage-pools/')
}

function wayTo(offer: APIResult, origin: string, { certificate }: ServerFacts): Fields {
  const operation = `${origin}/1.0/operations/${textIn(offer, 'id')}`
  return { operation, certificate, secrets: objectIn(offer, 'metadata') }
}

async function orCancel(offer: APIResult, accept: () => Promise<void>): Promise<void> {
  try {
    await accept()
  } catch (error) {
    await cancel(offer)
    throw error
  }
}

// Nobody else would end it before its own time is over, and the instance is busy as long.
async function cancel(offer: APIResult): Promise<void> {
  try {
    await operationIn(offer).delete()
  } catch (error) {
    // It has ended meanwhile, or its server is gone: what is to be told is why this came to be.
    if (!(error instanceof APIException)) throw error
  }
}

/** Both ends of a migration end at once; one that the server has forgotten by now has ended well too. */
async function untilForgotten(offer: APIResult): Promise<void> {
  try {
    await offer.wait()
  } catch (error) {
    if (!(error instanceof APINotFoundException)) throw error
  }
}

/** Tries one way after the other, as long as it is the way that fails. */
async function firstReachable<Way>(ways: readonly Way[], go: (way: Way) => Promise<unknown>): Promise<void> {
  for (const [index, way] of ways.entries()) {
    try {
      await go(way)
      return
    } catch (error) {
      const isLast = index === ways.length - 1
      if (isLast || !isRefusal(error) || !UNREACHABLE.test(error.error)) throw error
    }
  }
}
