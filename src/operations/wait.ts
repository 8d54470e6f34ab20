import { FINAL_STATUS, isEnvelope } from '../answer/envelope.ts'
import { failedOperation } from '../answer/failure.ts'
import { checkForm, isFile } from '../answer/form.ts'
import { numberIn, textIn } from '../answer/metadata.ts'
import { type Caller, type Place, placeIn, prepareCall } from '../client/caller.ts'
import { Deadline } from '../common/deadline.ts'
import { isRecord } from '../common/is-record.ts'
import {
  APIException,
  APINotFoundException,
  APIOperationException,
  APITimeoutException,
} from '../errors/exceptions.ts'
import { MalformedAnswer } from '../errors/malformed-answer.ts'
import { type CallOptions, checkNames, checkTimeout } from '../request/options.ts'
import type { APIAnswer } from '../request/transaction.ts'
import { cancelOperation } from './cancel.ts'
import { type OnProgress, withProgress } from './live.ts'
import { recallOperation } from './recall.ts'

/** How to wait for an operation. */
export interface WaitOptions {
  /** Seconds until {@link APITimeoutException}, 0 for one look; without it, until the operation ends. */
  readonly timeout?: number
  /** Ends the waiting, and the operation only with `cancel`; rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Called with how far the operation is, where the server grants its events; what it throws ends the waiting. */
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
// Milliseconds: a turn that ends sooner than the first is followed by a pause, of at most the second.
const SHORT_TURN = 100
const LONGEST_PAUSE = 2000

/** How an operation ended, and what asked for it. */
export interface Finished {
  readonly answer: APIAnswer
  readonly caller: Caller
}

/** Follows the operation that an answer started, whichever way its server reports the end. */
export async function waitForOperation(
  caller: Caller,
  started: APIAnswer,
  options: WaitOptions = {},
): Promise<Finished> {
  checkNames(options, WAIT_OPTIONS, 'wait()')
  if (options.timeout !== 0) checkTimeout(options.timeout, 'wait()')
  if (mayTellOfOperation(started)) await checkForm(started)
  const url = operationUrl(started)
  if (url === undefined || isFinal(started)) {
    options.signal?.throwIfAborted()
    return { answer: started, caller }
  }
  const place = placeIn(caller, started, url)
  try {
    return { answer: await follow({ started, place, url, caller }, options), caller: place.caller }
  } catch (error) {
    if (options.cancel === 'on-abort' && options.signal?.aborted) await cancelOperation(caller, url)
    throw withStart(error, started)
  }
}

interface Operation {
  readonly started: APIAnswer
  readonly place: Place
  readonly url: string
  readonly caller: Caller
}

async function follow(operation: Operation, options: WaitOptions): Promise<APIAnswer> {
  const { started, place, url, caller } = operation
  const { signal, onProgress } = options
  signal?.throwIfAborted()
  const wait = async (): Promise<APIAnswer> => {
    const deadline = new Deadline(options)
    try {
      return await poll(place, started, deadline)
    } finally {
      deadline.end()
    }
  }
  try {
    return await (onProgress === undefined ? wait() : withProgress({ caller, url, onProgress, signal }, wait))
  } catch (error) {
    if (error instanceof APINotFoundException) return recallOperation(caller.client, url, error)
    throw error
  }
}

// What has only been read was started by a call that nobody knows here.
function withStart(error: unknown, started: APIAnswer): unknown {
  const isKnown = error instanceof APIOperationException && started.request.method !== 'GET'
  return isKnown ? error.startedBy(started) : error
}

function operationUrl(started: APIAnswer): string | undefined {
  const { data, metadata } = started
  if (isEnvelope(data) && data.type === 'async') return String(data.operation)
  // What GET /1.0/operations/<id> answers can be waited for as well.
  const isOperation = isRecord(metadata) && typeof metadata.class === 'string'
  if (!isOperation && !isOfOperation(started)) return undefined
  return `/1.0/operations/${encodeURIComponent(textIn(started, 'id').toWellFormed())}`
}

// What a guest socket answers has no envelope, and is a file where something was written.
function mayTellOfOperation(started: APIAnswer): boolean {
  const { request, response } = started
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  return isRead ? isOfOperation(started) : !isFile(response.headers)
}

function isOfOperation({ request: { method, path } }: APIAnswer): boolean {
  return method === 'GET' && /^\/1\.0\/operations\/[^/?]+(\?|$)/.test(path)
}

async function poll(operation: Place, started: APIAnswer, deadline: Deadline): Promise<APIAnswer> {
  let latest = started
  for (let shortTurns = 0; ; ) {
    const begin = performance.now()
    try {
      latest = await takeTurn(operation, deadline)
      if (isFinal(latest)) return latest
      if (deadline.isOver) break
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
async function takeTurn(operation: Place, deadline: Deadline): Promise<APIAnswer> {
  const turn = deadline.turn(LONGEST_TURN)
  try {
    const options = { query: { timeout: turn }, timeout: turn + GRACE, signal: deadline.signal }
    return await read(operation, '/wait', options)
  } catch (error) {
    if (!isDoubtful(error)) throw error
    return readAgain(operation, error, deadline)
  }
}

// A way back that broke, or an answer that tells of an error, may say nothing of how the operation is doing.
function isDoubtful(error: unknown): error is APIException {
  return error instanceof APIException && !(error instanceof APIOperationException)
}

async function readAgain(operation: Place, doubt: APIException, { signal }: Deadline): Promise<APIAnswer> {
  try {
    return await read(operation, '', { timeout: GRACE, signal })
  } catch (error) {
    throw settleDoubt(doubt, error)
  }
}

async function read({ caller, path }: Place, below: string, options: CallOptions): Promise<APIAnswer> {
  const call = prepareCall(caller, 'GET', path + below, undefined, options)
  const answer = await checkForm(await caller.client.send(call))
  // One without a status would be waited for again and again.
  numberIn(answer, 'status_code')
  return answer
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

function isFinal({ metadata }: APIAnswer): boolean {
  return (
    isRecord(metadata) && typeof metadata.status_code === 'number' && metadata.status_code >= FINAL_STATUS
  )
}

function timeoutOf(result: APIAnswer, { timeout }: Deadline): APITimeoutException {
  const error = `The operation is still running after ${timeout} s; it goes on`
  return new APITimeoutException({
    request: result.request,
    result,
    error,
    statusCode: result.metadata?.status_code,
  })
}
