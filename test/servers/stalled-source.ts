import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import type { Body } from '../../src/index.ts'

/** A body that yields its first chunks, and the rest only when it is released. */
export interface StalledSource<Source = Body> {
  readonly body: Source
  /** Whether the first chunk of the rest is being awaited. */
  readonly isAsked: () => boolean
  /** Makes it yield the rest, and end. */
  readonly release: () => void
}

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

/** A stalled source that is a web `ReadableStream`. */
export function stalledWebStream(first: Chunks, rest: Chunks): StalledSource<ReadableStream<Uint8Array>> {
  const { body, ...source } = stalledIterable(first, rest)
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const { done, value } = await body.next()
    if (done) controller.close()
    else controller.enqueue(value)
  }
  return { ...source, body: new ReadableStream({ pull }, { highWaterMark: 0 }) }
}

/** A stalled source that is a `Blob`, such as a file on a network file system that does not answer. */
export function stalledBlob(first: Chunks, rest: Chunks): StalledSource<Blob> {
  const { body: stream, ...source } = stalledWebStream(first, rest)
  const blob = new Blob([...first, ...rest] as Buffer[])
  // Safe cast: the global ReadableStream and that of node:stream/web are the same class.
  blob.stream = () => stream as unknown as ReturnType<Blob['stream']>
  return { ...source, body: blob }
}
