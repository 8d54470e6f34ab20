import type { TransferProgress } from './options.ts'

/** What a transfer is measured against, and who is told. */
export interface ProgressCounterOptions {
  /** How many bytes it has to be in the end. */
  readonly total?: number
  readonly onProgress?: (progress: TransferProgress) => void
}

// Milliseconds; nobody sees more than that, and a gigabyte has 16,000 chunks.
const REPORT_INTERVAL_MS = 100

/** Counts the bytes of a transfer. */
export class ProgressCounter {
  readonly total: number | undefined
  readonly #onProgress: ProgressCounterOptions['onProgress']
  #bytes = 0
  #reported = performance.now()

  constructor({ total, onProgress }: ProgressCounterOptions) {
    this.total = total
    this.#onProgress = onProgress
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Counts what went over. */
  add(bytes: number): void {
    this.#bytes += bytes
    if (this.#onProgress === undefined) return
    const now = performance.now()
    if (now - this.#reported < REPORT_INTERVAL_MS) return
    this.#reported = now
    this.#report()
  }

  /** Tells the end, which is where the total is reached. */
  finish(): void {
    this.#report()
  }

  #report(): void {
    this.#onProgress?.({ bytes: this.#bytes, total: this.total })
  }
}
