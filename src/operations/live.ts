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

/** Called with how far an operation is. */
export type OnProgress = (progress: Progress) => void

interface Event {
  readonly type: 'operation'
  readonly metadata: unknown
}

/** An operation whose events are to be followed. */
export interface Followed {
  readonly caller: Caller
  /** Where it is: `/1.0/operations/<id>`, perhaps with a query string. */
  readonly url: string
  readonly onProgress: OnProgress
  readonly signal: AbortSignal | undefined
}

// Milliseconds that the last events may come later than the answer to whoever waits for the operation.
const LATENESS_MS = 250

/** Tells of an operation's progress, by the server's events, for as long as somebody waits for it. */
export async function withProgress<T>(followed: Followed, wait: () => Promise<T>): Promise<T> {
  const stream = await subscribe(followed)
  if (stream === undefined) return wait()
  const told = tell(stream, followed)
  try {
    const result = await Promise.race([wait(), told.then(forever)])
    await Promise.race([told, pause(LATENESS_MS, undefined, { ref: false })])
    return result
  } finally {
    await stream.return()
  }
}

// Where there are no events there is no progress, which is no reason not to wait.
async function subscribe({ caller, url, signal }: Followed): Promise<ReconnectingStream<Event> | undefined> {
  const project = parseFromRoot(url)?.searchParams.get('project') ?? undefined
  try {
    const feed = feedOf(caller, { type: 'operation', project, signal })
    return await new ReconnectingStream<Event>(feed).subscribed()
  } catch (error) {
    if (error instanceof APIException) return undefined
    throw error
  }
}

async function tell(stream: ReconnectingStream<Event>, { url, onProgress }: Followed): Promise<void> {
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

// Servers send events that follow quickly upon each other in any order.
function isFurther(progress: Progress, last: Progress | undefined): boolean {
  if (last === undefined || subjectOf(progress) !== subjectOf(last)) return true
  if (progress.percent !== undefined && last.percent !== undefined) return progress.percent > last.percent
  return progress.text !== last.text
}

// What there is a percentage of: of a stage, there may be several.
function subjectOf({ stage, text }: Progress): string {
  return `${stage} ${text.slice(0, text.lastIndexOf(': ') + 1)}`
}

function forever(): Promise<never> {
  return new Promise(() => {})
}
