import type { Caller } from '../client/caller.ts'
import { checkTimeout } from '../request/options.ts'
import { handshakeTimeout } from '../websocket/handshake.ts'
import { openWebSocket } from '../websocket/open.ts'
import type { APIWebSocket } from '../websocket/websocket.ts'
import { memoryOf } from './memory.ts'
import type { EventFeed } from './stream.ts'

/** Which events to receive, and how long to wait for a server that is silent or gone. */
export interface FeedOptions {
  /** One type or several; all that the server has without it. */
  readonly type?: string | readonly string[]
  /** The project; that of the path, else `default`, without it. */
  readonly project?: string
  /** Those of all projects. */
  readonly allProjects?: boolean
  /** Ends the stream, which then throws the signal's reason. */
  readonly signal?: AbortSignal
  /** Seconds without a sign of life from the server, though asked for one, until the connection is given up; 30 without it. */
  readonly silence?: number
  /** Seconds to try to connect again when the connection was lost, until the stream throws; 60 without it. */
  readonly patience?: number
}

/**
 * The events of the server that a caller calls.
 *
 * @throws {TypeError} `silence` is no number of seconds
 */
export function feedOf(caller: Caller, options: FeedOptions): EventFeed {
  const { type, project, allProjects, signal, silence = 30, patience = 60 } = options
  checkTimeout(silence, 'events(): silence')
  const query = {
    ...(type !== undefined && { type: [type].flat().join(',') }),
    ...(project !== undefined && { project }),
    // The servers refuse both at once.
    ...(allProjects && { 'all-projects': true, project: undefined }),
  }
  const timeout = handshakeTimeout(caller.defaults.timeout, silence)
  const connect = async (signal: AbortSignal): Promise<APIWebSocket> => {
    const socket = await openWebSocket(caller, '/1.0/events', { query, signal, timeout })
    socket.endIfSilent(silence)
    return socket
  }
  return { connect, memory: memoryOf(caller.client), signal, patience }
}
