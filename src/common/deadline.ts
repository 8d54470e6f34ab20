import { onAbort } from './abort.ts'
import { sleep } from './sleep.ts'

// Added to the timeout of the server: its answer is more informative than a local timeout.
const GRACE_MS = 250
/** The longest delay that `setTimeout()` accepts. */
export const MAX_TIMER_MS = 2 ** 31 - 1

/** A timeout in seconds, and a signal that is aborted when it expires or when the caller aborts. */
export class Deadline {
  readonly timeout: number
  readonly signal: AbortSignal
  readonly #end: number
  readonly #expiry = new Error('The time is over')
  readonly #timer: NodeJS.Timeout | undefined
  readonly #removeAbortListener: () => void

  constructor({ timeout = Number.POSITIVE_INFINITY, signal }: { timeout?: number; signal?: AbortSignal }) {
    const ms = timeout * 1000 + GRACE_MS
    this.timeout = timeout
    this.#end = performance.now() + timeout * 1000
    const controller = new AbortController()
    this.signal = controller.signal
    this.#removeAbortListener = onAbort(signal && [signal], reason => controller.abort(reason))
    // With a timeout of 0 the operation is read once, however long that takes.
    if (timeout > 0 && ms <= MAX_TIMER_MS)
      this.#timer = setTimeout(() => controller.abort(this.#expiry), ms).unref()
  }

  /** Clears the timer and removes the listener from the caller's signal. */
  clear(): void {
    clearTimeout(this.#timer)
    this.#removeAbortListener()
  }

  get isExpired(): boolean {
    return performance.now() >= this.#end
  }

  /** Whether an error is the signal's reason for expiry. */
  isExpiry(error: unknown): boolean {
    return error === this.#expiry
  }

  /** The remaining time in whole seconds, as the servers take it, at most `max`. */
  remainingSeconds(max: number): number {
    return Math.max(0, Math.min(max, Math.ceil((this.#end - performance.now()) / 1000)))
  }

  /** Sleeps for `ms` milliseconds; rejects with the signal's reason as soon as it is aborted. */
  async sleep(ms: number): Promise<void> {
    await sleep(ms, this.signal)
  }
}
