import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { APIException, APIPromise } from '../../src/index.ts'
import {
  type Answer,
  failure,
  type Received,
  type Reply,
  serve,
  started,
  sync,
  type TestServer,
} from './server.ts'

const OPERATION = { id: '1', class: 'task', err: '' }
/** What the operation answers while it goes on. */
export const RUNNING = sync({ ...OPERATION, status: 'Running', status_code: 103 })
/** What it answers when it has succeeded. */
export const SUCCESS = sync({ ...OPERATION, status: 'Success', status_code: 200 })
/** What it answers when it has failed. */
export const FAILED = sync({ ...OPERATION, status: 'Failure', status_code: 400, err: 'no such image' })
/** What it answers when somebody cancelled it. */
export const CANCELLED = sync({ ...OPERATION, status: 'Cancelled', status_code: 401 })
/** What is answered when the server has forgotten it. */
export const GONE = failure(404, 'Operation not found')

/** What happens to an operation. */
export interface Script {
  /** What `/wait` answers, in turn; then always that it runs. `cut` ends the connection, `hold` never answers. */
  readonly waits: readonly (Reply | 'cut' | 'hold')[]
  /** What the operation itself answers, in turn; then always that it runs. */
  readonly reads?: readonly Reply[]
  readonly url?: string
  readonly onWait?: () => void
}

/** Starts a server with one operation, which `start()` starts. */
export async function serveOperation(
  t: TestContext,
  { waits, reads = [], url, onWait }: Script,
): Promise<TestServer & { start(): APIPromise }> {
  const [waitQueue, readQueue] = [[...waits], [...reads]]
  const answer: Answer = (request, response) => {
    if (request.method === 'POST') return started(url)
    if (!isWait(request)) return readQueue.shift() ?? RUNNING
    onWait?.()
    const reply = waitQueue.shift() ?? RUNNING
    if (reply === 'hold') return undefined
    if (reply !== 'cut') return reply
    response.socket?.destroy()
    return undefined
  }
  const server = await serve(t, answer)
  return { ...server, start: () => server.api.instances.post({}) }
}

/** Was that a wait? */
export function isWait({ url }: Received): boolean {
  return url.includes('/wait')
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<APIException> {
  return promise.then(
    () => assert.fail('It did not reject'),
    error => error,
  )
}
