import { contextOf } from '../path.ts'
import { checkNames, checkTimeout } from '../request/options.ts'
import type { EventType } from '../rest.ts'
import { type ApiRoot, versionOf } from '../shortcuts/shared/resource.ts'
import { handshakeTimeout } from '../websocket/handshake.ts'
import type { APIWebSocket } from '../websocket/websocket.ts'
import { type EventOf, EventStream } from './stream.ts'

/** The options of {@link events}. */
export interface EventsOptions<Type extends EventType = EventType> {
  /** One type or several; all types by default. */
  readonly type?: Type | readonly Type[]
  /** The project; by default that of the path, else `default`. */
  readonly project?: string
  /** Whether to receive the events of all projects. */
  readonly allProjects?: boolean
  /** Aborts the stream, which then throws the signal's reason. */
  readonly signal?: AbortSignal
  /** Seconds without data or a pong from the server, after which the connection counts as lost; default 30. */
  readonly idleTimeout?: number
  /** Seconds to retry to connect when the connection is lost, before the stream throws; default 60. */
  readonly reconnectTimeout?: number
}

const OPTIONS: ReadonlySet<string> = new Set<keyof EventsOptions>([
  'type',
  'project',
  'allProjects',
  'signal',
  'idleTimeout',
  'reconnectTimeout',
])

/** The result of {@link events}: iterate over it, or await it until the server has subscribed it. */
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
export function events<Type extends EventType = EventType>(
  api: ApiRoot,
  options: EventsOptions<Type> = {},
): EventSubscription<Type> {
  return new EventSubscription(resolve => resolve(subscribe(api, options)))
}

async function subscribe<Type extends EventType>(
  api: ApiRoot,
  options: EventsOptions<Type>,
): Promise<EventStream<Type>> {
  checkNames(options, OPTIONS, 'events()')
  const { type, project, allProjects, signal, idleTimeout = 30, reconnectTimeout = 60 } = options
  checkTimeout(idleTimeout, 'events(): idleTimeout')
  const path = versionOf(api).path('events')
  const query = {
    ...(type !== undefined && { type: [type].flat().join(',') }),
    ...(project !== undefined && { project }),
    // The servers reject both at once.
    ...(allProjects && { 'all-projects': true, project: undefined }),
  }
  const {
    client: { operations: memory },
    defaults: { timeout },
  } = contextOf(path)
  const connect = async (signal: AbortSignal): Promise<APIWebSocket> => {
    const socket = await path.websocket({ query, signal, timeout: handshakeTimeout(timeout, idleTimeout) })
    socket.terminateWhenIdle(idleTimeout)
    return socket
  }
  return new EventStream<Type>({ connect, memory, signal, reconnectTimeout }).subscribed()
}
