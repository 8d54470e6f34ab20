import type { TransferProgress } from './options.ts'

/** Options of {@link ProgressCounter}. */
export interface ProgressCounterOptions {
  /** The expected number of bytes. */
  readonly total?: number
  readonly onProgress?: (progress: TransferProgress) => void
}

// A gigabyte has 16,000 chunks, and nobody needs as many reports.
const REPORT_INTERVAL_MS = 100

/** Counts the bytes of a transfer, and reports them at a limited rate. */
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

  /** Adds bytes that were transferred. */
  add(bytes: number): void {
    this.#bytes += bytes
    if (this.#onProgress === undefined) return
    const now = performance.now()
    if (now - this.#reported < REPORT_INTERVAL_MS) return
    this.#reported = now
    this.#report()
  }

  /** Reports the final count. */
  finish(): void {
    this.#report()
  }

  #report(): void {
    this.#onProgress?.({ bytes: this.#bytes, total: this.total })
  }
}
