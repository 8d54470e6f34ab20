import { setTimeout as pause } from 'node:timers/promises'
import { FINAL_STATUS } from '../answer/envelope.ts'
import type { Caller } from '../client/caller.ts'
import { APIException } from '../errors/exceptions.ts'
import { feedOf } from '../events/feed.ts'
import { isOperation } from '../events/memory.ts'
import { ReconnectingStream } from '../events/stream.ts'
import { parseFromRoot } from '../request/url.ts'
import { type Progress, readProgress } from './progress.ts'
import { operationId } from './recall.ts'

/** Receives the progress of an operation. */
export type OnProgress = (progress: Progress) => void

interface Event {
  readonly type: 'operation'
  readonly metadata: unknown
}

/** An operation, and who receives its progress. */
export interface FollowedOperation {
  readonly caller: Caller
  /** `/1.0/operations/<id>`, perhaps with a query string. */
  readonly url: string
  readonly onProgress: OnProgress
  readonly signal: AbortSignal | undefined
}

// How much later than the answer to the wait the last events may arrive.
const MAX_EVENT_DELAY_MS = 250

/** Reports the progress of an operation, by the events of the server, until the wait ends. */
export async function withProgress<T>(followed: FollowedOperation, wait: () => Promise<T>): Promise<T> {
  const stream = await subscribe(followed)
  if (stream === undefined) return wait()
  const reported = report(stream, followed)
  try {
    const result = await Promise.race([wait(), reported.then(never)])
    await Promise.race([reported, pause(MAX_EVENT_DELAY_MS, undefined, { ref: false })])
    return result
  } finally {
    await stream.return()
  }
}

// Without access to the events there is no progress, but the operation can still be waited for.
async function subscribe({
  caller,
  url,
  signal,
}: FollowedOperation): Promise<ReconnectingStream<Event> | undefined> {
  const project = parseFromRoot(url)?.searchParams.get('project') ?? undefined
  try {
    const feed = feedOf(caller, { type: 'operation', project, signal })
    return await new ReconnectingStream<Event>(feed).subscribed()
  } catch (error) {
    if (error instanceof APIException) return undefined
    throw error
  }
}

async function report(
  stream: ReconnectingStream<Event>,
  { url, onProgress }: FollowedOperation,
): Promise<void> {
  const id = operationId(url)
  let last: Progress | undefined
  for await (const event of stream) {
    if (event.type === 'gap' || !isOperation(event.metadata) || event.metadata.id !== id) continue
    const progress = readProgress(event.metadata.metadata)
    if (progress !== undefined && isFurther(progress, last)) {
      onProgress(progress)
      last = progress
    }
    if (event.metadata.status_code >= FINAL_STATUS) return
  }
}

// Members send events that follow each other quickly in any order.
function isFurther(progress: Progress, last: Progress | undefined): boolean {
  if (last === undefined || subjectOf(progress) !== subjectOf(last)) return true
  if (progress.percent !== undefined && last.percent !== undefined) return progress.percent > last.percent
  return progress.text !== last.text
}

// A stage may have several items, each with its own percentage.
function subjectOf({ stage, text }: Progress): string {
  return `${stage} ${text.slice(0, text.lastIndexOf(': ') + 1)}`
}

function never(): Promise<never> {
  return new Promise(() => {})
}
