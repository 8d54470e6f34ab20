import { isEnvelope, isRecord } from '../answer/envelope.ts'
import { numberIn, textIn } from '../answer/metadata.ts'
import { Deadline } from '../common/deadline.ts'
import {
  APIException,
  APINotFoundException,
  APIOperationException,
  APITimeoutException,
} from '../errors/exceptions.ts'
import { failedOperation } from '../errors/failure.ts'
import { checkForm, isFile, MalformedAnswer } from '../errors/malformed-answer.ts'
import type { Path } from '../path.ts'
import { checkNames, checkTimeout } from '../request/options.ts'
import type { APIResult } from '../result.ts'
import { cancelOperation } from './cancel.ts'
import { pathIn } from './checked-path.ts'
import { type OnProgress, withProgress } from './live.ts'
import { recallOperation } from './recall.ts'

/** How to wait for an operation. */
export interface WaitOptions {
  /** Seconds until {@link APITimeoutException}, 0 for one look; without it, until the operation ends. */
  readonly timeout?: number
  /** Ends the waiting, and the operation only with `cancel`; rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Is told how far the operation is, where the server grants its events; what it throws ends the waiting. */
  readonly onProgress?: OnProgress
  /**
   * `'on-abort'` cancels the operation on the server when the signal ends the waiting. Some can't be cancelled: they go on,
   * and the trace has what the server said.
   */
  readonly cancel?: 'on-abort'
}

const WAIT_OPTIONS: ReadonlySet<string> = new Set<keyof WaitOptions>([
  'timeout',
  'signal',
  'onProgress',
  'cancel',
])

// Seconds. Proxies commonly end what is silent for a minute.
const LONGEST_TURN = 30
// Seconds a server may be silent beyond its turn.
const GRACE = 10
const FINAL = 200
// Milliseconds: a turn that ends sooner than the first is followed by a pause, of at most the second.
const SHORT_TURN = 100
const LONGEST_PAUSE = 2000

/** Follows the operation that a result started, whichever way its server tells the end. */
export async function waitForOperation(started: APIResult, options: WaitOptions = {}): Promise<APIResult> {
  checkNames(options, WAIT_OPTIONS, 'wait()')
  if (options.timeout !== 0) checkTimeout(options.timeout, 'wait()')
  if (mayTellOfOperation(started)) await checkForm(started)
  const url = operationUrl(started)
  if (url === undefined || isFinal(started)) {
    options.signal?.throwIfAborted()
    return started
  }
  const operation = pathIn(started, url)
  try {
    return await follow({ started, operation, url }, options)
  } catch (error) {
    if (options.cancel === 'on-abort' && options.signal?.aborted) await cancelOperation(started, url)
    if (error instanceof APINotFoundException) return recallOperation(started, url, error)
    throw error
  }
}

interface Operation {
  readonly started: APIResult
  readonly operation: Path
  readonly url: string
}

async function follow({ started, operation, url }: Operation, options: WaitOptions): Promise<APIResult> {
  const { signal, onProgress } = options
  signal?.throwIfAborted()
  const { api } = started
  const wait = async (): Promise<APIResult> => {
    const deadline = new Deadline(options)
    try {
      return await poll(operation, started, deadline)
    } finally {
      deadline.clear()
    }
  }
  return onProgress === undefined ? wait() : withProgress({ api, url, onProgress, signal }, wait)
}

function operationUrl(started: APIResult): string | undefined {
  const { data, metadata } = started
  if (isEnvelope(data) && data.type === 'async') return String(data.operation)
  // What GET /1.0/operations/<id> answers can be waited for as well.
  const isOperation = isRecord(metadata) && typeof metadata.class === 'string'
  if (!isOperation && !isOfOperation(started)) return undefined
  return `/1.0/operations/${encodeURIComponent(textIn(started, 'id').toWellFormed())}`
}

// What a guest socket answers has no envelope, and is a file where something was written.
function mayTellOfOperation(started: APIResult): boolean {
  const { request, response } = started
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  return isRead ? isOfOperation(started) : !isFile(response.headers)
}

function isOfOperation({ request: { method, path } }: APIResult): boolean {
  return method === 'GET' && /^\/1\.0\/operations\/[^/?]+(\?|$)/.test(path)
}

async function poll(operation: Path, started: APIResult, deadline: Deadline): Promise<APIResult> {
  let latest = started
  for (let shortTurns = 0; ; ) {
    const begin = performance.now()
    try {
      latest = await takeTurn(operation, deadline)
      if (isFinal(latest)) return latest
      if (deadline.isExpired) break
      shortTurns = performance.now() - begin < SHORT_TURN ? shortTurns + 1 : 0
      if (shortTurns > 0) await deadline.pause(Math.min(LONGEST_PAUSE, SHORT_TURN * 2 ** shortTurns))
    } catch (error) {
      if (!deadline.isExpiry(error)) throw error
      break
    }
  }
  throw timeoutOf(latest, deadline)
}

/** One bounded wait; its result may tell of an operation that is still running. */
async function takeTurn(operation: Path, deadline: Deadline): Promise<APIResult> {
  const turn = deadline.remainingSeconds(LONGEST_TURN)
  try {
    const options = { query: { timeout: turn }, timeout: turn + GRACE, signal: deadline.signal }
    return checkStatus(await operation.path('wait').get(options))
  } catch (error) {
    if (!isDoubtful(error)) throw error
    return readAgain(operation, error, deadline)
  }
}

// A way back that broke, or an answer that tells of an error, may say nothing of how the operation is doing.
function isDoubtful(error: unknown): error is APIException {
  return error instanceof APIException && !(error instanceof APIOperationException)
}

async function readAgain(operation: Path, doubt: APIException, { signal }: Deadline): Promise<APIResult> {
  try {
    return checkStatus(await operation.get({ timeout: GRACE, signal }))
  } catch (error) {
    throw settleDoubt(doubt, error)
  }
}

// An answer without a status would be waited for again and again.
function checkStatus(result: APIResult): APIResult {
  numberIn(result, 'status_code')
  return result
}

// The wait's answer is what the caller should read; what was read after it tells which kind of failure it was.
function settleDoubt(doubt: APIException, error: unknown): unknown {
  if (doubt.result === undefined) return error
  if (error instanceof APIOperationException && error.operation !== undefined) {
    return failedOperation(doubt.result, error.operation)
  }
  return error instanceof APINotFoundException && isOutcome(doubt) ? new APIOperationException(doubt) : error
}

// A wait whose time was over, a proxy that lost its server, and a 404 of one that is gone, say nothing of how it ended.
function isOutcome(doubt: APIException): boolean {
  const { error, statusCode = 0 } = doubt
  if (doubt instanceof MalformedAnswer) return false
  return !error.includes('deadline exceeded') && ![404, 502, 503, 504].includes(statusCode)
}

function isFinal({ metadata }: APIResult): boolean {
  return isRecord(metadata) && typeof metadata.status_code === 'number' && metadata.status_code >= FINAL
}

function timeoutOf(result: APIResult, { timeout }: Deadline): APITimeoutException {
  const error = `The operation is still running after ${timeout} s; it goes on`
  return new APITimeoutException({
    request: result.request,
    result,
    error,
    statusCode: result.metadata?.status_code,
  })
}
