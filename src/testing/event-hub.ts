import type { ServerSocket } from './server-socket.ts'

interface Subscriber {
  readonly socket: ServerSocket
  readonly query: URLSearchParams
}

/** Sends events to the websockets that have subscribed to them. */
export class EventHub {
  readonly #subscribers = new Set<Subscriber>()

  /** Subscribes a websocket to what the query of its URL asks for; returns a function that ends it. */
  subscribe(socket: ServerSocket, query: URLSearchParams): () => void {
    const subscriber = { socket, query }
    this.#subscribers.add(subscriber)
    return () => this.#subscribers.delete(subscriber)
  }

  publish(type: string, project: string, metadata: object): void {
    const event = JSON.stringify({
      type,
      timestamp: new Date().toISOString(),
      metadata,
      location: 'none',
      project,
    })
    for (const { socket, query } of this.#subscribers)
      if (isWanted(query, type, project)) socket.sendText(event)
  }
}

function isWanted(query: URLSearchParams, type: string, project: string): boolean {
  const isOfProject = query.get('all-projects') === 'true' || (query.get('project') ?? 'default') === project
  return isOfProject && (query.get('type')?.split(',').includes(type) ?? true)
}
