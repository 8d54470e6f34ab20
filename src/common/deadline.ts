import { setTimeout as pause } from 'node:timers/promises'
import { onAbort } from './abort.ts'

// How late, in ms, a server may answer to the turn it was given: its answer tells more than our own clock.
const LATENESS = 250
/** What `setTimeout()` can hold, in milliseconds. */
export const MAX_TIMER_MS = 2 ** 31 - 1

/** The time that a wait may take, and the signal that ends it: by the caller's will, or because the time is over. */
export class Deadline {
  readonly timeout: number
  readonly signal: AbortSignal
  readonly #end: number
  readonly #expiry = new Error('The time is over')
  readonly #timer: NodeJS.Timeout | undefined
  readonly #forgetSignal: () => void

  constructor({ timeout = Number.POSITIVE_INFINITY, signal }: { timeout?: number; signal?: AbortSignal }) {
    const ms = timeout * 1000 + LATENESS
    this.timeout = timeout
    this.#end = performance.now() + timeout * 1000
    const over = new AbortController()
    this.signal = over.signal
    this.#forgetSignal = onAbort(signal && [signal], reason => over.abort(reason))
    // A wait of 0 s is one look, which takes as long as it takes.
    if (timeout > 0 && ms <= MAX_TIMER_MS)
      this.#timer = setTimeout(() => over.abort(this.#expiry), ms).unref()
  }

  /** Leaves nothing behind with the caller's signal; the wait is over. */
  end(): void {
    clearTimeout(this.#timer)
    this.#forgetSignal()
  }

  get isOver(): boolean {
    return performance.now() >= this.#end
  }

  /** Is this error the end of the time, as the signal tells it? */
  isExpiry(error: unknown): boolean {
    return error === this.#expiry
  }

  /** Whole seconds, as the servers count, for a turn of at most `longest`. */
  turn(longest: number): number {
    return Math.max(0, Math.min(longest, Math.ceil((this.#end - performance.now()) / 1000)))
  }

  /** Sleeps; rejects with the signal's reason as soon as it is aborted. */
  async pause(ms: number): Promise<void> {
    try {
      await pause(ms, undefined, { signal: this.signal })
    } catch (error) {
      throw this.signal.aborted ? this.signal.reason : error
    }
  }
}
