import { type FeedOptions, feedOf } from '../../events/feed.ts'
import type { Guest, GuestEventType, GuestRoot } from '../../guest.ts'
import { contextOf } from '../../path.ts'
import { checkNames } from '../../request/options.ts'
import type { EventType } from '../../rest.ts'
import { type ApiRoot, versionOf } from '../shared/resource.ts'
import { type EventOf, EventStream } from './stream.ts'

/** Options of {@link events}. */
export interface EventsOptions<Type extends EventType | GuestEventType = EventType> extends FeedOptions {
  /** One type or several; all types by default. */
  readonly type?: Type | readonly Type[]
}

const OPTIONS: ReadonlySet<string> = new Set<keyof EventsOptions>([
  'type',
  'project',
  'allProjects',
  'signal',
  'idleTimeout',
  'reconnectTimeout',
])

/** The result of {@link events}: iterate over it, or await it until the subscription is active. */
export class EventSubscription<Type>
  extends Promise<EventStream<Type>>
  implements AsyncIterable<EventOf<Type>>
{
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<EventOf<Type>, void, undefined> {
    yield* await this
  }
}

/**
 * Subscribes to the events of a server: operations (`operation`), changes of resources (`lifecycle`), its log (`logging`).
 *
 * When the connection is lost it reconnects, and yields an event of type `gap`, since events in between are missing.
 * A guest (`API.guest()`) receives changes of its configuration (`config`) and of its devices (`device`).
 *
 * Leaving the loop closes the connection. To receive the events of your own calls, await the subscription first.
 *
 * See https://documentation.ubuntu.com/lxd/latest/events/
 *
 * @throws {APIException} the server refused the subscription, or reconnecting failed for `reconnectTimeout`
 * @throws {TypeError} an option is unknown or invalid
 * @example
 * for await (const event of events(api, { type: 'lifecycle' }))
 *   if (event.type === 'lifecycle') console.log(event.metadata.action, event.metadata.source)
 * @example
 * const stream = await events(api, { type: ['operation', 'lifecycle'], allProjects: true })
 * await api.profiles.post({ name: 'web' })
 * for await (const event of stream) console.log(event.type)
 */
export function events<Type extends GuestEventType = GuestEventType>(
  api: GuestRoot | Guest,
  options?: EventsOptions<Type>,
): EventSubscription<Type>
export function events<Type extends EventType = EventType>(
  api: ApiRoot,
  options?: EventsOptions<Type>,
): EventSubscription<Type>
export function events<Type extends EventType | GuestEventType>(
  api: ApiRoot | GuestRoot | Guest,
  options: EventsOptions<Type> = {},
): EventSubscription<Type> {
  return new EventSubscription(resolve => resolve(subscribe(api, options)))
}

async function subscribe<Type extends EventType | GuestEventType>(
  api: ApiRoot | GuestRoot | Guest,
  options: EventsOptions<Type>,
): Promise<EventStream<Type>> {
  checkNames(options, OPTIONS, 'events()')
  // Safe cast: versionOf() throws on all that is not the root of an API.
  const version = versionOf(api as ApiRoot)
  return new EventStream<Type>(feedOf(contextOf(version), options)).subscribed()
}
