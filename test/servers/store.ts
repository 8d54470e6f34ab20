import type { TestContext } from 'node:test'
import type { Path } from '../../src/index.ts'
import { type Received, type Reply, serve, type TestServer } from './server.ts'

type Document = Record<string, unknown>

/** A server that stores documents by URL as LXD does: with ETags, and `PATCH` merging `config` by key. */
export interface Store extends TestServer {
  readonly api: Path
  readonly documents: Map<string, Document>
  /** Answers that replace the next one to `METHOD url`. */
  readonly instead: Map<string, Reply>
  /** `METHOD url` of all requests. */
  sent(): readonly string[]
  /** The body of the last request with a method. */
  body(method: string): unknown
}

/** Starts a store, which the test stops. */
export async function startStore(t: TestContext, start: Record<string, Document> = {}): Promise<Store> {
  const documents = new Map(Object.entries(start))
  const instead = new Map<string, Reply>()
  const server = await serve(t, received => {
    const [url = ''] = received.url.split('?')
    const key = `${received.method} ${url}`
    const reply = instead.get(key)
    instead.delete(key)
    return reply ?? answer(documents, url, received)
  })
  const sent = () => server.received.map(({ method, url }) => `${method} ${url}`)
  const body = (wanted: string) =>
    JSON.parse(String(server.received.findLast(({ method }) => method === wanted)?.body))
  return { ...server, documents, instead, sent, body }
}

/** Returns the answer to a call that fails. */
export function refusal(status: number, error: string): Reply {
  return { status, json: { type: 'error', error, error_code: status, metadata: null } }
}

/** Returns a synchronous answer. */
export function sync(metadata: unknown, headers: Record<string, string> = {}): Reply {
  return { headers, json: { type: 'sync', status_code: 200, metadata } }
}

function answer(documents: Map<string, Document>, url: string, { method, headers, body }: Received): Reply {
  const found = documents.get(url)
  if (url === '/1.0/operations') return sync({})
  if (method === 'POST') return create(documents, url, JSON.parse(String(body)))
  if (found === undefined) return refusal(404, 'not found')
  if (method === 'GET') return sync(found, { etag: etagOf(found) })
  if (method === 'DELETE') documents.delete(url)
  else if (headers['if-match'] !== etagOf(found)) return refusal(412, "ETag doesn't match")
  else
    documents.set(url, method === 'PUT' ? JSON.parse(String(body)) : merge(found, JSON.parse(String(body))))
  return sync({})
}

function create(documents: Map<string, Document>, url: string, document: Document): Reply {
  const item = `${url}/${encodeURIComponent(String(document['name'] ?? document['listen_address']))}`
  if (documents.has(item)) return refusal(400, 'It already exists')
  documents.set(item, document)
  return sync(null)
}

function merge(found: Document, change: Document): Document {
  return {
    ...found,
    ...change,
    config: { ...(found['config'] as Document), ...(change['config'] as Document) },
  }
}

function etagOf(document: Document): string {
  return `"${JSON.stringify(document).length}-${JSON.stringify(document).replace(/[^\x20-\x7e]|"/g, '')}"`
}
