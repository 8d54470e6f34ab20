import { setTimeout as delay } from 'node:timers/promises'
import { onAbort } from '../../common/abort.ts'
import { sleep } from '../../common/sleep.ts'
import { APIException } from '../../errors/exceptions.ts'
import type { Path } from '../../path.ts'
import { events } from '../events/events.ts'
import type { EventOf, EventStream } from '../events/stream.ts'

// Not those of commands and of files that are read: a condition that runs a command would announce itself.
const ACTIONS =
  /^instance-(created|started|stopped|shutdown|restarted|paused|resumed|ready|restored|renamed|deleted|file-pushed)$/
// So that a storm of events does not become a storm of requests.
const MIN_PAUSE_MS = 50

/** The changes of an instance, as far as the server announces them by events. */
export class InstanceChanges {
  readonly #url: string
  readonly #instance: Path
  #stream: EventStream<'lifecycle'> | undefined
  #isLive = false
  #hasChanged = false
  #wake: () => void = () => {}

  constructor(instance: Path) {
    this.#instance = instance
    this.#url = decodeURIComponent(String(instance))
  }

  /** Whether changes are announced now; `false` also where this client may not receive events. */
  get isLive(): boolean {
    return this.#isLive
  }

  /** Subscribes to the events; without them there are pauses only. The signal also ends the subscription. */
  async subscribe(signal: AbortSignal): Promise<void> {
    try {
      this.#stream = await events(this.#instance.forUrl('/1.0'), { type: 'lifecycle', signal })
      this.#isLive = true
      void this.#listen(this.#stream)
    } catch (error) {
      if (!(error instanceof APIException) || signal.aborted) throw error
    }
  }

  /** Pauses for `ms` milliseconds, or until the next change if that comes sooner; returns whether there was one. */
  async pause(ms: number, signal: AbortSignal): Promise<boolean> {
    await sleep(Math.min(ms, MIN_PAUSE_MS), signal)
    if (!this.#hasChanged && ms > MIN_PAUSE_MS) await this.#sleepUntilChanged(ms - MIN_PAUSE_MS, signal)
    const hasChanged = this.#hasChanged
    this.#hasChanged = false
    return hasChanged
  }

  /** Ends the subscription; resolves when its connection is closed. */
  async close(): Promise<void> {
    await this.#stream?.return()
  }

  async #sleepUntilChanged(ms: number, signal: AbortSignal): Promise<void> {
    const controller = new AbortController()
    const wake = (): void => controller.abort()
    this.#wake = wake
    const removeAbortListener = onAbort([signal], wake)
    // It rejects only because it was woken.
    await delay(ms, undefined, { signal: controller.signal }).catch(() => {})
    removeAbortListener()
    signal.throwIfAborted()
  }

  async #listen(stream: EventStream<'lifecycle'>): Promise<void> {
    try {
      for await (const event of stream) if (this.#concerns(event)) this.#note()
    } catch {
      // The server is gone, which the next request tells; or the wait was aborted.
    }
    this.#isLive = false
    this.#note()
  }

  #concerns(event: EventOf<'lifecycle'>): boolean {
    if (event.type === 'gap') return true
    const { action, source } = event.metadata
    return ACTIONS.test(action) && decodeURIComponent(source.split('?')[0] ?? '') === this.#url
  }

  #note(): void {
    this.#hasChanged = true
    this.#wake()
  }
}
