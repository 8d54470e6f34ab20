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
/** The answer while the operation is running. */
export const RUNNING = sync({ ...OPERATION, status: 'Running', status_code: 103 })
/** The answer when it has succeeded. */
export const SUCCESS = sync({ ...OPERATION, status: 'Success', status_code: 200 })
/** The answer when it has failed. */
export const FAILED = sync({ ...OPERATION, status: 'Failure', status_code: 400, err: 'no such image' })
/** The answer when it was cancelled. */
export const CANCELLED = sync({ ...OPERATION, status: 'Cancelled', status_code: 401 })
/** The answer when the server has removed it. */
export const GONE = failure(404, 'Operation not found')

/** The answers of an operation. */
export interface Script {
  /** The consecutive answers of `/wait`, then `RUNNING`. `cut` closes the connection, `hold` never answers. */
  readonly waits: readonly (Reply | 'cut' | 'hold')[]
  /** The consecutive answers of the operation itself, then `RUNNING`. */
  readonly reads?: readonly Reply[]
  readonly url?: string
  readonly onWait?: () => void
}

/** Starts a server with one operation, which is started by `start()`. */
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

/** Whether a request was for `/wait`. */
export function isWait({ url }: Received): boolean {
  return url.includes('/wait')
}

/** Resolves with the error a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<APIException> {
  return promise.then(
    () => assert.fail('It did not reject'),
    error => error,
  )
}
