import { APIForbiddenException } from '../../errors/exceptions.ts'
import { type FeedOptions, feedOf } from '../../events/feed.ts'
import { contextOf } from '../../path.ts'
import { EventStream } from '../events/stream.ts'
import type { Collection } from './collection.ts'

/** The events that may change a list. */
export type ListEvents = EventStream<'lifecycle' | 'operation'>

/** How long to wait for a server that is idle or gone. */
export type SubscribeOptions = Pick<FeedOptions, 'signal' | 'idleTimeout' | 'reconnectTimeout'>

/**
 * Subscribes to the events that may change a list; `onLost` hears at once of a lost connection.
 *
 * Projects may share what belongs to the default project, and what belongs to none has its events in any: these need the
 * events of all projects. A client that may not have them gets those of its project.
 */
export async function subscribe(
  collection: Collection,
  options: SubscribeOptions,
  onLost: (reason: unknown) => void,
): Promise<ListEvents> {
  const listen = (project: string | undefined) => open(collection, project, options, onLost)
  const { project } = collection
  if (!needsAllProjects(collection)) return listen(project)
  try {
    return await listen(undefined)
  } catch (error) {
    if (!(error instanceof APIForbiddenException) || project === undefined) throw error
    return listen(project)
  }
}

function needsAllProjects({ project, type }: Collection): boolean {
  if (project === undefined || type.isGlobal) return true
  return project !== 'default' && (type.isShared || type.dependsOn !== undefined)
}

function open(
  { path }: Collection,
  project: string | undefined,
  { signal, idleTimeout, reconnectTimeout }: SubscribeOptions,
  onLost: (reason: unknown) => void,
): Promise<ListEvents> {
  const context = contextOf(path.with({ query: { 'all-projects': undefined, target: undefined } }))
  const scope = project === undefined ? { allProjects: true } : { project }
  const options = { type: ['lifecycle', 'operation'], ...scope, signal, idleTimeout, reconnectTimeout }
  return new EventStream<'lifecycle' | 'operation'>({ ...feedOf(context, options), onLost }).subscribed()
}
