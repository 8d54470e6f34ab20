import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import type { Body } from '../../src/index.ts'

/** Something to upload that gives its first chunks, and the rest only when it is released. */
export interface StalledSource<Source = Body> {
  readonly body: Source
  /** Whether somebody waits for the first chunk of the rest. */
  readonly isAsked: () => boolean
  /** Lets it give the rest, and end. */
  readonly release: () => void
}

/** What a source gives at once, or later. */
type Chunks = readonly Uint8Array[]

/** A stalled source that is an async iterable. */
export function stalledIterable(first: Chunks, rest: Chunks): StalledSource<AsyncGenerator<Uint8Array>> {
  let isAsked = false
  let release = (): void => {}
  const released = new Promise<void>(resolve => {
    release = resolve
  })
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield* first
    isAsked = true
    await released
    yield* rest
  }
  return { body: chunks(), isAsked: () => isAsked, release }
}

/** A stalled source that is a `Readable`. */
export function stalledReadable(first: Chunks, rest: Chunks): StalledSource<Readable> {
  const { body, ...source } = stalledIterable(first, rest)
  return { ...source, body: Readable.from(body) }
}

/** A stalled source that is a `ReadableStream` of the platform's. */
export function stalledWebStream(first: Chunks, rest: Chunks): StalledSource<ReadableStream<Uint8Array>> {
  const { body, ...source } = stalledIterable(first, rest)
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const { done, value } = await body.next()
    if (done) controller.close()
    else controller.enqueue(value)
  }
  return { ...source, body: new ReadableStream({ pull }, { highWaterMark: 0 }) }
}

/** A stalled source that is a `Blob`, as one is whose file lies on a file system that does not answer. */
export function stalledBlob(first: Chunks, rest: Chunks): StalledSource<Blob> {
  const { body: stream, ...source } = stalledWebStream(first, rest)
  const blob = new Blob([...first, ...rest] as Buffer[])
  // Safe cast: the types of the platform's ReadableStream and of node:stream/web describe the same class.
  blob.stream = () => stream as unknown as ReturnType<Blob['stream']>
  return { ...source, body: blob }
}
