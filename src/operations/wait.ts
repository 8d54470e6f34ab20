import { isEnvelope } from '../answer/envelope.ts'
import { checkForm, isFile } from '../answer/form.ts'
import { textIn } from '../answer/metadata.ts'
import { type Caller, type Place, placeIn } from '../client/caller.ts'
import { Deadline } from '../common/deadline.ts'
import { isRecord } from '../common/is-record.ts'
import { APINotFoundException, APIOperationException } from '../errors/exceptions.ts'
import { checkNames, checkTimeout } from '../request/options.ts'
import type { APIAnswer } from '../request/transaction.ts'
import { publishOperationEnd, publishOperationFailure } from '../trace/operation-channel.ts'
import { cancelOperation } from './cancel.ts'
import { type OnProgress, withProgress } from './live.ts'
import { isFinal, poll } from './poll.ts'
import { recallOperation } from './recall.ts'

/** Options of waiting for an operation. */
export interface WaitOptions {
  /** Seconds until {@link APITimeoutException}, 0 to read once; unlimited by default. */
  readonly timeout?: number
  /** Ends the waiting, and the operation only with `cancel`; rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Called with the progress, if the server allows access to its events; an error it throws ends the waiting. */
  readonly onProgress?: OnProgress
  /**
   * `'on-abort'` cancels the operation on the server when the signal ends the waiting. Some can't be cancelled: they keep
   * running, and the trace has the answer of the server.
   */
  readonly cancel?: 'on-abort'
}

const WAIT_OPTIONS: ReadonlySet<string> = new Set<keyof WaitOptions>([
  'timeout',
  'signal',
  'onProgress',
  'cancel',
])

/** The result of an operation, and the caller to read more of it. */
export interface Finished {
  readonly answer: APIAnswer
  readonly caller: Caller
}

/** Waits for the operation that an answer started, whichever way its server reports the end. */
export async function waitForOperation(
  caller: Caller,
  started: APIAnswer,
  options: WaitOptions = {},
): Promise<Finished> {
  checkNames(options, WAIT_OPTIONS, 'wait()')
  if (options.timeout !== 0) checkTimeout(options.timeout, 'wait()')
  if (mayBeOfOperation(started)) await checkForm(started)
  const url = operationUrl(started)
  if (url === undefined || isFinal(started)) {
    options.signal?.throwIfAborted()
    publishOperationEnd(started, started)
    return { answer: started, caller }
  }
  const place = placeIn(caller, started, url)
  try {
    const answer = await untilEnd({ caller, started, place, url }, options)
    publishOperationEnd(started, answer)
    return { answer, caller: place.caller }
  } catch (error) {
    const failure = withStart(error, started)
    publishOperationFailure(started, failure)
    throw failure
  }
}

/** An operation, the answer that started it, and its caller. */
interface Operation {
  readonly caller: Caller
  readonly started: APIAnswer
  readonly place: Place
  readonly url: string
}

async function untilEnd(operation: Operation, options: WaitOptions): Promise<APIAnswer> {
  const { caller, url } = operation
  try {
    return await follow(operation, options)
  } catch (error) {
    if (options.cancel === 'on-abort' && options.signal?.aborted) await cancelOperation(caller, url)
    if (error instanceof APINotFoundException) return recallOperation(caller.client, url, error)
    throw error
  }
}

async function follow({ caller, started, place, url }: Operation, options: WaitOptions): Promise<APIAnswer> {
  const { signal, onProgress } = options
  signal?.throwIfAborted()
  const wait = async (): Promise<APIAnswer> => {
    const deadline = new Deadline(options)
    try {
      return await poll(place, started, deadline)
    } finally {
      deadline.clear()
    }
  }
  return onProgress === undefined ? wait() : withProgress({ caller, url, onProgress, signal }, wait)
}

// The call that started an operation is unknown if the operation was only read.
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
function mayBeOfOperation(started: APIAnswer): boolean {
  const { request, response } = started
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  return isRead ? isOfOperation(started) : !isFile(response.headers)
}

function isOfOperation({ request: { method, path } }: APIAnswer): boolean {
  return method === 'GET' && /^\/1\.0\/operations\/[^/?]+(\?|$)/.test(path)
}
