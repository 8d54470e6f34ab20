import { listIn, objectIn, textIn } from '../../answer/metadata.ts'
import { operationIn } from '../../checked-path.ts'
import { APINotFoundException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import type { APIResult } from '../../result.ts'
import { cleanUpAfter } from '../shared/cleanup.ts'
import type { Fields } from '../shared/fields.ts'
import { firstReachable } from '../shared/first-reachable.ts'
import { itemTypeOf } from '../shared/item-path.ts'
import { splitPath } from '../shared/resource.ts'
import { impossible, readServer, type ServerInfo } from '../shared/server-info.ts'
import { type CopyOptions, queryOf } from './options.ts'

/** A migration from one server to another. */
export interface Migration {
  readonly source: Path
  readonly target: Path
  readonly body: Fields
  readonly options: CopyOptions
  /** Whether there is a copy, which is to be refreshed. */
  readonly isThere?: boolean
}

/** Copies an instance or a volume to another server: the target connects to the source, or as a fallback the reverse. */
export async function migrate(migration: Migration): Promise<void> {
  const [from, to] = await Promise.all([readServer(migration.source), readServer(migration.target)])
  await checkSnapshots(migration, from, to)
  const modes = modesOf(migration.options, from, to)
  await firstReachable(modes, mode => (mode === 'pull' ? pull(migration, from) : push(migration, to)))
}

function modesOf({ mode }: CopyOptions, from: ServerInfo, to: ServerInfo): readonly ('pull' | 'push')[] {
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

/** Throws if the target does not know the config keys that the source's server gave to snapshots. */
async function checkSnapshots(
  { source, options }: Migration,
  from: ServerInfo,
  to: ServerInfo,
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

async function pull(migration: Migration, from: ServerInfo): Promise<void> {
  const { source, target, body, options, isThere } = migration
  const only = withoutSnapshots(migration)
  const { parent, name } = splitPath(target)
  const operation = await source.post({ name, migration: true, ...live(source), ...only })
  await cancelOnFailure(operation, async () => {
    await firstReachable(from.origins, origin => {
      const migrationSource = {
        ...connectionTo(operation, origin, from),
        type: 'migration',
        mode: 'pull',
        ...only,
        ...(isThere && { refresh: true }),
      }
      return parent
        .post({ ...body, source: migrationSource }, { query: { target: queryOf(target, 'target') } })
        .wait({ onProgress: options.onProgress })
    })
    await waitUntilEnded(operation)
  })
}

async function push(migration: Migration, to: ServerInfo): Promise<void> {
  const { source, target, body, options, isThere } = migration
  const only = withoutSnapshots(migration)
  const { parent, name } = splitPath(target)
  const migrationSource = { type: 'migration', mode: 'push', ...only, ...(isThere && { refresh: true }) }
  const query = { target: queryOf(target, 'target') }
  const operation = await parent.post({ ...body, source: migrationSource }, { query })
  await cancelOnFailure(operation, async () => {
    await firstReachable(to.origins, origin =>
      source
        .post({
          name,
          migration: true,
          ...live(source),
          ...only,
          target: connectionTo(operation, origin, to),
        })
        .wait({ onProgress: options.onProgress }),
    )
    await waitUntilEnded(operation)
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

function connectionTo(operation: APIResult, origin: string, { certificate }: ServerInfo): Fields {
  const url = `${origin}/1.0/operations/${textIn(operation, 'id')}`
  return { operation: url, certificate, secrets: objectIn(operation, 'metadata') }
}

// Nobody else would end it before its own timeout, and the instance is busy until then.
async function cancelOnFailure(operation: APIResult, accept: () => Promise<void>): Promise<void> {
  try {
    await accept()
  } catch (error) {
    throw await cleanUpAfter(error, () => operationIn(operation).delete())
  }
}

/** Waits for the other end of a migration, which ends at the same time; a forgotten operation has succeeded. */
async function waitUntilEnded(operation: APIResult): Promise<void> {
  try {
    await operation.wait()
  } catch (error) {
    if (!(error instanceof APINotFoundException)) throw error
  }
}
