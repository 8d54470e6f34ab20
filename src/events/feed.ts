import type { Caller } from '../client/caller.ts'
import { checkTimeout } from '../request/options.ts'
import { handshakeTimeout } from '../websocket/handshake.ts'
import { openWebSocket } from '../websocket/open.ts'
import type { APIWebSocket } from '../websocket/websocket.ts'
import { memoryOf } from './memory.ts'
import type { EventFeed } from './stream.ts'

/** Which events to receive, and how long to wait for a server that is idle or gone. */
export interface FeedOptions {
  /** One type or several; all types by default. */
  readonly type?: string | readonly string[]
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

/**
 * The events of the server that a caller calls.
 *
 * @throws {TypeError} `idleTimeout` is no number of seconds
 */
export function feedOf(caller: Caller, options: FeedOptions): EventFeed {
  const { type, project, allProjects, signal, idleTimeout = 30, reconnectTimeout = 60 } = options
  checkTimeout(idleTimeout, 'events(): idleTimeout')
  const query = {
    ...(type !== undefined && { type: [type].flat().join(',') }),
    ...(project !== undefined && { project }),
    // The servers refuse both at once.
    ...(allProjects && { 'all-projects': true, project: undefined }),
  }
  const handshake = handshakeTimeout(caller.defaults.idleTimeout, idleTimeout)
  const connect = async (signal: AbortSignal): Promise<APIWebSocket> => {
    const socket = await openWebSocket(caller, '/1.0/events', { query, signal, idleTimeout: handshake })
    socket.terminateWhenIdle(idleTimeout)
    return socket
  }
  return { connect, memory: memoryOf(caller.client), signal, reconnectTimeout }
}
